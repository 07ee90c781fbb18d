import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCuts, planScenes, signatureOf, type FrameSignature } from './cuts.ts';

const [WIDTH, HEIGHT] = [24, 16];

/** A scene with a bright disc that moves `speed` pixels per frame over a ground of two colours, and noise. */
type Shot = {
  readonly length: number;
  readonly palette: number;
  readonly speed: number;
  readonly noise: number;
};

/** Grounds that no two shots side by side share. */
const PALETTES = [
  [20, 30, 60, 40, 60, 110],
  [200, 180, 140, 240, 230, 220],
  [30, 120, 40, 90, 200, 70],
  [180, 30, 30, 90, 10, 20],
] as const;

function drawFrame(shot: Shot, time: number, seed: number): FrameSignature {
  const palette = PALETTES[shot.palette % PALETTES.length] ?? PALETTES[0];
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  let state = seed + 1;
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    const centre = (shot.speed * time) % WIDTH;
    const isDisc = Math.hypot(x - centre, y - HEIGHT / 2) < 3;
    for (let channel = 0; channel < 3; channel++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const ground = palette[(y < HEIGHT / 2 ? 0 : 3) + channel] ?? 0;
      const noise = shot.noise * (state / 2 ** 31 - 1);
      data[at * 4 + channel] = (isDisc ? 250 : ground) + noise;
    }
  }
  return signatureOf({ width: WIDTH, height: HEIGHT, data });
}

const drawShot = (shot: Shot) =>
  Array.from({ length: shot.length }, (_, time) => drawFrame(shot, time, time * 977));

const anyShot = fc.record({
  length: fc.integer({ min: 8, max: 30 }),
  palette: fc.constant(0),
  speed: fc.double({ min: 0, max: 3, noNaN: true }),
  noise: fc.double({ min: 0, max: 12, noNaN: true }),
});
/** Each with another palette than the one before. */
const anyFilm = fc
  .array(fc.tuple(anyShot, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 5 })
  .map((shots) => {
    let palette = 0;
    return shots.map(([shot, further]): Shot => ({ ...shot, palette: (palette += further) }));
  });

describe('findCuts', () => {
  it('finds exactly where shots meet, whatever moves in them', () => {
    fc.assert(
      fc.property(anyFilm, (shots) => {
        let at = 0;
        const wanted = shots.map((shot) => (at += shot.length)).slice(0, -1);
        expect(findCuts(shots.flatMap(drawShot))).toEqual(wanted);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  it('takes no flash for a cut, and none of the pictures after it', () => {
    fc.assert(
      fc.property(
        anyShot,
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shot, length, where) => {
          const frames = drawShot({ ...shot, length: 24 });
          const flash = drawShot({ ...shot, palette: 1, length });
          frames.splice(Math.floor(where * (24 - length)), length, ...flash);
          expect(findCuts(frames)).toEqual([]);
        },
      ),
      { seed: 9, numRuns: 60 },
    );
  });

  it('takes no fade for a cut', () => {
    const mix = (a: Float32Array, b: Float32Array, part: number) =>
      a.map((value, i) => value + part * ((b[i] ?? 0) - value));
    const [one, two] = [0, 1].map((palette) =>
      drawFrame({ length: 1, palette, speed: 0, noise: 0 }, 0, 0),
    );
    const frames = Array.from({ length: 30 }, (_, i) => {
      const part = Math.min(1, Math.max(0, (i - 5) / 20));
      return {
        histogram: mix(
          one?.histogram ?? new Float32Array(),
          two?.histogram ?? new Float32Array(),
          part,
        ),
        grid: mix(one?.grid ?? new Float32Array(), two?.grid ?? new Float32Array(), part),
      };
    });
    expect(findCuts(frames)).toEqual([]);
  });

  it('does not depend on the pictures’ size, and has nothing to cut in few frames', () => {
    const flat = (width: number, height: number) => {
      const data = Array.from({ length: width * height }, () => [10, 200, 90, 255]).flat();
      return signatureOf({ width, height, data });
    };
    const [small, large] = [flat(6, 6), flat(30, 18)];
    large.histogram.forEach((value, i) => expect(value).toBeCloseTo(small.histogram[i] ?? NaN, 4));
    large.grid.forEach((value, i) => expect(value).toBeCloseTo(small.grid[i] ?? NaN, 4));
    expect(findCuts([])).toEqual([]);
    expect(findCuts([small])).toEqual([]);
  });
});

describe('planScenes', () => {
  it('covers all frames once, in order', () => {
    expect(planScenes(10, [])).toEqual([{ from: 0, to: 10 }]);
    expect(planScenes(20, [8, 12])).toEqual([
      { from: 0, to: 8 },
      { from: 8, to: 12 },
      { from: 12, to: 20 },
    ]);
  });
});
