import { describe, expect, it } from 'vitest';
import { must } from '../../../base/assert.ts';
import { gaussian } from '../../../base/rng.ts';
import type { Pixels } from '../../pixels.ts';
import { steadyEdit, type EditedPair } from './steady.cpu.ts';

const WIDTH = 64;
const HEIGHT = 48;
const FRAMES = 12;

/** `colourAt` of a pixel and one of its colours. */
function picture(levelAt: (x: number, y: number, c: number) => number): Pixels {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let c = 0; c < 3; c++) {
        data[(y * WIDTH + x) * 4 + c] = levelAt(x, y, c);
      }
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

function meanDifference(a: Pixels, b: Pixels): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
  }
  return sum / ((a.data.length * 3) / 4);
}

const scene = (x: number, y: number, c: number): number => 60 + x + y + 20 * Math.sin(x / 4 + c);
const SCENE = picture(scene);

/** The frame with up to three neighbours on each side. */
function steadied(frames: readonly EditedPair[], at: number): Pixels {
  const around = frames.filter((_, i) => i !== at && Math.abs(i - at) <= 3);
  return steadyEdit(must(frames[at], 'a frame'), around);
}

function noise(seed: number): (x: number, y: number, c: number) => number {
  const values = gaussian(seed, [0, 0, 0], WIDTH * HEIGHT * 3);
  return (x, y, c) => values[(y * WIDTH + x) * 3 + c] ?? 0;
}

describe('steadyEdit', () => {
  it('leaves an edit that equals its base as it is, whatever the neighbours', () => {
    const frames = Array.from({ length: 7 }, (_, i) => {
      const grain = noise(i);
      const base = picture((x, y, c) => scene(x + i, y, c) + 8 * grain(x, y, c));
      return { base, edited: base };
    });
    expect(steadied(frames, 3).data).toEqual(frames[3]?.base.data);
  });

  it('takes flicker off what stands still, by the number of frames', () => {
    const frames = Array.from({ length: FRAMES }, (_, i) => {
      const grain = noise(i);
      return {
        base: SCENE,
        edited: picture((x, y, c) => scene(x, y, c) / 2 + 5 * grain(x, y, c)),
      };
    });
    const before = meanDifference(must(frames[5], '').edited, must(frames[6], '').edited);
    const after = meanDifference(steadied(frames, 5), steadied(frames, 6));
    expect(before).toBeGreaterThan(5);
    expect(before / after).toBeGreaterThan(5);
  });

  it('keeps a change of light of the source, as the edit shows it', () => {
    const frames = Array.from({ length: FRAMES }, (_, i) => {
      const light = i === 5 ? 6 : 0;
      return {
        base: picture((x, y, c) => scene(x, y, c) + light),
        edited: picture((x, y, c) => (scene(x, y, c) + light) / 2),
      };
    });
    expect(meanDifference(steadied(frames, 5), must(frames[5], '').edited)).toBeLessThan(1);
    expect(meanDifference(steadied(frames, 4), must(frames[4], '').edited)).toBeLessThan(1);
  });

  it('shows nothing of a neighbour where the scene moved on', () => {
    const frames = Array.from({ length: FRAMES }, (_, i) => {
      const inside = (x: number): boolean => x >= 4 * i && x < 4 * i + 8;
      return {
        base: picture((x, y, c) => (inside(x) ? 220 : scene(x, y, c))),
        edited: picture((x, y, c) => (inside(x) ? 20 : scene(x, y, c) / 2)),
      };
    });
    const most = steadied(frames, 5).data.map((value, i) =>
      Math.abs(value - (frames[5]?.edited.data[i] ?? 0)),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(2);
  });
});
