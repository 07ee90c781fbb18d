import { beforeAll, describe, it } from 'vitest';
import { runCrossFrame } from './browser/cross-frame-run.ts';
import {
  checkAlike,
  checkRecorded,
  openCrossFrameGolden,
  WAYS,
  type CrossFrameGolden,
} from './support/cross-frame-golden.ts';
import { createNodeRuntime } from './support/node-runtime.ts';

describe('attention across frames through the chunk loop, on the processor', () => {
  let golden: CrossFrameGolden;

  beforeAll(async () => {
    golden = await openCrossFrameGolden(async (what, runs) => {
      const runtime = createNodeRuntime();
      try {
        return await runCrossFrame(runtime, what, runs);
      } finally {
        runtime.dispose();
      }
    });
  });

  it.each(['swap', 'own+anchors'] as const)(
    '%s is as recorded, bit for bit the same with chunks of 1, 3 and 16 and a kept bank',
    async (mode) => {
      await checkRecorded(golden, mode, WAYS, 0);
    },
  );

  it('swap stays so over two steps', async () => {
    await checkAlike(golden, { mode: 'swap', steps: 2 }, WAYS.slice(1, 4), 0);
  });

  it('frames by themselves are as recorded', async () => {
    await checkRecorded(golden, 'independent', [WAYS[0], WAYS[4]], 0);
  });
});
