import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodingLoss, CodingPlan } from './browser/starter-coding.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/starter-coding.ts';
const FOLDER = fileURLToPath(new URL('../training/checkpoint', import.meta.url));

const plan: CodingPlan = {
  checkpoint: '/training/checkpoint',
  files: readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(FOLDER.length + 1)),
  clip: '/samples/meadow.webm',
  side: 256,
  prompts: ['make it night', 'add snow', 'make it look like a watercolour painting'],
};

/** Each quantisation is compiled, loaded and run: a minute or two on a slow machine. */
const TIMEOUT = 400_000;

let harness: Harness;
let exactBytes = 0;

beforeAll(async () => {
  harness = await openHarness();
  exactBytes = await harness.call<number>(MODULE, 'makeEdits', plan, 'f32');
}, TIMEOUT);

afterAll(async () => {
  await harness.close();
});

describe('the starter’s weights, compiled and run on the processor', () => {
  it.each([
    ['q8', { snr: 30, psnr: 35, share: 0.3 }],
    ['q4', { snr: 15, psnr: 25, share: 0.25 }],
  ] as const)(
    'lose little in %s',
    async (quantisation, floor) => {
      const bytes = await harness.call<number>(MODULE, 'makeEdits', plan, quantisation);
      const losses = await harness.call<CodingLoss[]>(MODULE, 'lossOf', plan, quantisation);
      for (const { prompt, snr, psnr, edit } of losses) {
        process.stdout.write(
          `${quantisation} "${prompt}": U-Net ${snr.toFixed(1)} dB, picture ${psnr.toFixed(1)} dB (the edit itself ${edit.toFixed(1)} dB)\n`,
        );
      }
      process.stdout.write(
        `${quantisation} ${(bytes / 1e6).toFixed(1)} MB of ${(exactBytes / 1e6).toFixed(1)}\n`,
      );
      expect(losses).toHaveLength(plan.prompts.length);
      expect(Math.min(...losses.map(({ snr }) => snr))).toBeGreaterThanOrEqual(floor.snr);
      expect(Math.min(...losses.map(({ psnr }) => psnr))).toBeGreaterThanOrEqual(floor.psnr);
      expect(bytes).toBeLessThan(exactBytes * floor.share);
    },
    TIMEOUT,
  );
});
