import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../pixels.ts';
import { settleEdit } from './settle.cpu.ts';

const WIDTH = 96;
const HEIGHT = 64;

type Colour = readonly [number, number, number];

function picture(colourAt: (x: number, y: number) => Colour): Pixels {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      data.set([...colourAt(x, y), 255], (y * WIDTH + x) * 4);
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

/** Deterministic, in -1 to 1. */
function hash(x: number, y: number, c: number): number {
  let h = Math.imul(x + 1, 374761393) ^ Math.imul(y + 1, 668265263) ^ Math.imul(c + 1, 2147483647);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Blotches of the size of latent cells, about 8 levels strong. */
function mottle(x: number, y: number, c: number): number {
  return 14 * hash(Math.floor(x / 8), Math.floor(y / 8), c);
}

const SCENE = picture((x, y) => [
  60 + x + (x > 48 ? 60 : 0),
  40 + 2 * y,
  120 + 20 * Math.sin(x / 5) + 20 * Math.cos(y / 7),
]);

function colourOf({ data }: Pixels, x: number, y: number): Colour {
  const at = (y * WIDTH + x) * 4;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

function meanError(a: Pixels, b: Pixels, from = 0, to = WIDTH): number {
  let sum = 0;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = from; x < to; x++) {
      const [p, q] = [colourOf(a, x, y), colourOf(b, x, y)];
      sum += Math.abs(p[0] - q[0]) + Math.abs(p[1] - q[1]) + Math.abs(p[2] - q[2]);
    }
  }
  return sum / (3 * HEIGHT * (to - from));
}

const mottled = (clean: Pixels): Pixels =>
  picture((x, y) => {
    const [r, g, b] = colourOf(clean, x, y);
    return [r + mottle(x, y, 0), g + mottle(x, y, 1), b + mottle(x, y, 2)];
  });

describe('settleEdit', () => {
  it('gives an edit that equals its base back byte for byte', () => {
    expect(settleEdit(SCENE, SCENE).data).toEqual(SCENE.data);
  });

  it('takes most of the mottle off a grey edit, so that little colour is left', () => {
    const grey = picture((x, y) => {
      const [r, g, b] = colourOf(SCENE, x, y);
      const level = 0.3 * r + 0.6 * g + 0.1 * b;
      return [level, level, level];
    });
    const noisy = mottled(grey);
    expect(meanError(noisy, grey)).toBeGreaterThan(6);
    expect(meanError(settleEdit(SCENE, noisy), grey)).toBeLessThan(3);
  });

  it('keeps the edge of an edit that covers half of the picture', () => {
    const half = picture((x, y) => {
      const [r, g, b] = colourOf(SCENE, x, y);
      return x < 30 ? [255 - r, g, b / 2] : [r, g, b];
    });
    expect(meanError(settleEdit(SCENE, half), half, 24, 36)).toBeLessThan(2.5);
  });

  it('keeps flakes and thin lines', () => {
    const isMark = (x: number, y: number) => (x % 17 < 2 && y % 13 < 2) || y === 40;
    const marked = picture((x, y) => (isMark(x, y) ? [250, 250, 250] : colourOf(SCENE, x, y)));
    const settled = settleEdit(SCENE, marked);
    let lost = 0;
    let marks = 0;
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        if (isMark(x, y)) {
          marks++;
          lost += 250 - colourOf(settled, x, y)[1];
        }
      }
    }
    expect(lost / marks).toBeLessThan(15);
  });
});
