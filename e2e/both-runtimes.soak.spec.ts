import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCheckpoint } from '../src/models/compile.ts';
import type { Manifest } from '../src/models/manifest.ts';
import { MemorySink } from '../src/models/package-sink.ts';
import { filesSource, tinyCheckpoint } from '../src/models/testing/tiny-checkpoint.ts';
import type { Agreement, BothRun } from './browser/both-runtimes.ts';
import { openHarness, type Harness } from './support/browser.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

async function packageOf(conditioning: Manifest['conditioning']): Promise<Record<string, string>> {
  const sink = new MemorySink();
  const source = filesSource(tinyCheckpoint(conditioning));
  await compileCheckpoint(source, sink, { id: 'tiny', quantisation: 'f32' });
  return Object.fromEntries(
    [...sink.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]),
  );
}

const PLAIN = { text: 1, image: 1, rescale: 0 };
const STRONG = { text: 3, image: 1.4, rescale: 0.6 };

/** Every conditioning; between them guidance with rescale, all ways of merging, some steps swapped and all modes. */
const CASES: Readonly<Record<Manifest['conditioning'], readonly BothRun[]>> = {
  none: [
    { mode: 'swap', strength: 0.5, guidance: STRONG },
    { mode: 'independent', strength: 1, guidance: PLAIN },
  ],
  ip2p: [
    { mode: 'own+anchors', strength: 1, guidance: STRONG },
    { mode: 'swap', strength: 1, guidance: STRONG, swapSteps: 1 },
  ],
  inpaint: [{ mode: 'swap', strength: 1, guidance: STRONG }],
  edit: [
    {
      mode: 'swap',
      strength: 1,
      guidance: PLAIN,
      merge: { source: 'renoise', ramp: 'time', rampLength: null, rim: 'soft' },
    },
    {
      mode: 'own+anchors',
      strength: 0.5,
      guidance: PLAIN,
      merge: { source: 'invert', ramp: 'space', rampLength: 2, rim: 'whole' },
      swapSteps: 1,
    },
  ],
};

// A software adapter compiles each of ONNX Runtime's shaders for a second, on a busy machine for many.
describe('both runtimes', { timeout: 1_800_000 }, () => {
  it.each(['none', 'ip2p', 'inpaint', 'edit'] as const)(
    'make the same of conditioning %s',
    async (conditioning) => {
      const runs = CASES[conditioning];
      const found = await harness.call<Agreement[]>(
        'e2e/browser/both-runtimes.ts',
        'compareRuntimes',
        await packageOf(conditioning),
        runs,
      );
      expect(found).toHaveLength(runs.length);
      for (const { latents, pictures, deviation, leaked } of found) {
        expect(deviation).toBeGreaterThan(0.1);
        expect(latents).toBeLessThan(1e-3);
        expect(pictures).toBeLessThanOrEqual(2);
        expect(leaked).toBe(0);
      }
    },
  );
});
