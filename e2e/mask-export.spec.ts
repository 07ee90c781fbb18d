import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MaskedFrame } from './browser/mask-export.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/mask-export.ts';
const FRAMES = 20;

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

async function exported(name: string): Promise<MaskedFrame[]> {
  const frames = await harness.call<MaskedFrame[]>(MODULE, 'exportMasked', name);
  expect(frames).toHaveLength(FRAMES);
  return frames;
}

describe('masks in exports', () => {
  it('a keyframed ellipse follows an object through every exported frame', async () => {
    for (const frame of await exported('following')) {
      // The sun is yellow in the source; in the edit it is blue, wherever it has gone.
      expect(frame.sun).toBeLessThan(-80);
      expect(frame.sunInFile).toBeLessThan(-60);
      expect(frame.changedInside).toBeGreaterThan(40);
      expect(frame.changedOutside).toBe(0);
      expect(frame.shareOutside).toBeGreaterThan(0.85);
    }
  });

  it.each(['layers', 'inverted'])('outside of %s every byte is the source’s', async (name) => {
    for (const frame of await exported(name)) {
      expect(frame.changedOutside).toBe(0);
      expect(frame.shareOutside).toBeGreaterThan(0.05);
      expect(frame.changedInside).toBeGreaterThan(10);
    }
  });
});
