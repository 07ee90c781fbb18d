import { afterAll, beforeAll, describe, it } from 'vitest';
import type { CrossFrameResults } from './browser/cross-frame-run.ts';
import { openHarness, type Harness } from './support/browser.ts';
import {
  checkAlike,
  checkRecorded,
  openCrossFrameGolden,
  WAYS,
  type CrossFrameGolden,
} from './support/cross-frame-golden.ts';

/** Far below the tolerance of the recorded numbers; the same shaders on the same batches give the same bits in practice. */
const MOST = 1e-4;

// A software adapter compiles each of ONNX Runtime's shaders for a second, on a busy machine for many.
describe(
  'attention across frames through the chunk loop, on WebGPU',
  { timeout: 1_800_000 },
  () => {
    let harness: Harness;
    let golden: CrossFrameGolden;

    beforeAll(async () => {
      harness = await openHarness();
      golden = await openCrossFrameGolden(
        async (what, runs) =>
          await harness.call<CrossFrameResults>(
            'e2e/browser/cross-frame-webgpu.ts',
            'runCrossFrameOnWebGpu',
            what,
            runs,
          ),
      );
    });

    afterAll(async () => {
      await harness.close();
    });

    it.each(['swap', 'own+anchors'] as const)(
      '%s is as recorded, the same with chunks of 1, 3 and 16 and a kept bank',
      async (mode) => {
        await checkRecorded(golden, mode, WAYS, MOST);
      },
    );

    it('swap stays so over two steps', async () => {
      await checkAlike(golden, { mode: 'swap', steps: 2 }, WAYS.slice(1, 4), MOST);
    });
  },
);
