import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourDrift, meanColour, type Lab } from './colour-drift.ts';
import { frameConsistency } from './consistency.ts';
import { outsideDifference } from './outside-mask.ts';
import type { Picture } from './picture.ts';
import { sharpnessOf } from './sharpness.ts';

type Rgb = readonly [number, number, number];

function paint(width: number, height: number, colour: (x: number, y: number) => Rgb): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    data.set([...colour(i % width, Math.floor(i / width)), 255], i * 4);
  }
  return { width, height, data };
}

const flat = (colour: Rgb) => paint(8, 6, () => colour);
const grey = (value: number): Rgb => [value, value, value];
const byte = fc.integer({ min: 0, max: 255 });

describe('sharpness', () => {
  it('is the variance of the Laplacian: 4² · contrast² / 4 for a chequerboard', () => {
    // Every pixel differs from its four neighbours by 20, so the Laplacian is +80 and -80 in turns.
    const board = paint(10, 10, (x, y) => grey(100 + 20 * ((x + y) % 2)));
    expect(sharpnessOf(board)).toBeCloseTo(80 * 80, 3);
    const half = paint(10, 10, (x, y) => grey(100 + 10 * ((x + y) % 2)));
    expect(sharpnessOf(half)).toBeCloseTo(40 * 40, 3);
  });

  it('is 0 for flat pictures, slopes and pictures too small for it', () => {
    expect(sharpnessOf(flat([10, 200, 30]))).toBeLessThan(1e-6);
    expect(sharpnessOf(paint(12, 9, (x, y) => grey(3 * x + 5 * y)))).toBeLessThan(1e-6);
    expect(sharpnessOf(paint(2, 2, () => grey(9)))).toBe(0);
  });

  it('falls when a picture is blurred', () => {
    const noise = paint(32, 32, (x, y) => grey((x * 97 + y * 57 + x * y * 31) % 200));
    const blurred = paint(32, 32, (x, y) => {
      const at = (u: number, v: number) => ((u * 97 + v * 57 + u * v * 31) % 200) / 4;
      return grey(at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1));
    });
    expect(sharpnessOf(blurred)).toBeLessThan(sharpnessOf(noise) / 2);
  });
});

describe('frame consistency', () => {
  const wave = paint(16, 16, (x, y) => grey(100 + 40 * Math.sin(x + y * 0.7)));

  it('is 1 for the same picture, brighter or with less contrast; -1 for its negative', () => {
    expect(frameConsistency(wave, wave)).toBeCloseTo(1, 6);
    const softer = paint(16, 16, (x, y) => grey(wave.data[(y * 16 + x) * 4]! / 2 + 60));
    expect(frameConsistency(wave, softer)).toBeGreaterThan(0.999);
    const negative = paint(16, 16, (x, y) => grey(255 - wave.data[(y * 16 + x) * 4]!));
    expect(frameConsistency(wave, negative)).toBeCloseTo(-1, 6);
  });

  it('has an answer for flat pictures', () => {
    expect(frameConsistency(flat(grey(40)), flat(grey(90)))).toBe(1);
    expect(
      frameConsistency(
        wave,
        paint(16, 16, () => grey(40)),
      ),
    ).toBe(0);
  });
});

describe('colour drift', () => {
  it('measures colours as CIELAB does', () => {
    // Known values of sRGB's corners for D65.
    const near = (colour: Rgb, lab: Lab) => {
      meanColour(flat(colour)).forEach((value, i) => expect(value).toBeCloseTo(lab[i]!, 1));
    };
    near([255, 255, 255], [100, 0, 0]);
    near([0, 0, 0], [0, 0, 0]);
    near([255, 0, 0], [53.24, 80.09, 67.2]);
    near([0, 0, 255], [32.3, 79.19, -107.86]);
    // A mean in linear light: half white, half black has luminance 0.5.
    expect(meanColour(paint(2, 2, (x) => grey(x * 255)))[0]).toBeCloseTo(76.07, 1);
  });

  it('is 0 for any steady shift, whatever the source does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(byte, byte, byte), { minLength: 1, maxLength: 12 }), (labs) => {
        const edited = labs.map(([l, a, b]): Lab => [l - 20, a + 7, b - 3]);
        const drift = colourDrift(labs, edited);
        expect(drift.total).toBeCloseTo(0, 9);
        expect(Math.max(...drift.perFrame)).toBeCloseTo(0, 9);
      }),
    );
  });

  it('is the distance of a steady walk, and hardly moved by flicker', () => {
    const source = Array.from({ length: 21 }, (): Lab => [50, 0, 0]);
    const walking = source.map((_, i): Lab => [50 + 0.3 * i, 0, 0.4 * i]);
    const drift = colourDrift(source, walking);
    expect(drift.total).toBeCloseTo(0.5 * 20, 9);
    expect(drift.perFrame[20]).toBeCloseTo(10, 9);
    const flickering = source.map((_, i): Lab => [50 + (i % 2) * 4, 0, 0]);
    expect(colourDrift(source, flickering).total).toBeLessThan(0.5);
  });
});

describe('outside the mask', () => {
  const pictures = fc.tuple(
    fc.array(byte, { minLength: 48, maxLength: 48 }),
    fc.uint8Array({ minLength: 12, maxLength: 12 }),
    fc.nat(11),
    fc.integer({ min: 1, max: 255 }),
  );

  it('sees a change of one byte outside, and none inside', () => {
    fc.assert(
      fc.property(pictures, ([bytes, mask, pixel, change]) => {
        const source = { width: 4, height: 3, data: Uint8ClampedArray.from(bytes) };
        const data = Uint8ClampedArray.from(bytes);
        const at = pixel * 4 + (change % 3);
        data[at] = (data[at]! + change) % 256;
        const { maxDiff, places } = outsideDifference(source, { ...source, data }, mask);
        const isOutside = mask[pixel] === 0;
        expect(maxDiff).toBe(isOutside ? Math.abs(data[at] - bytes[at]!) : 0);
        expect(places).toBe(mask.filter((value) => value === 0).length);
      }),
    );
  });
});
