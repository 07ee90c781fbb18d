import { describe, expect, it } from 'vitest';
import { seededFloats, worstDifference } from '../../testing/buffers.ts';
import { coloursOf, testPicture } from '../../testing/pictures.ts';
import type { DetailMap } from '../detail/detail-map.ts';
import { compositePicture } from './composite.cpu.ts';
import { compositeReference } from './composite.reference.ts';

function randomMap(width: number, height: number): DetailMap {
  const random = seededFloats(width * height * 12, 9);
  const coefficients = random.map((value, i) => value * (i % 4 === 3 ? 120 : 0.8));
  return { width, height, coefficients };
}

function identityMap(width: number, height: number): DetailMap {
  const coefficients = new Float32Array(width * height * 12);
  return { width, height, coefficients: coefficients.map((_, i) => ((i % 12) % 5 === 0 ? 1 : 0)) };
}

describe('compositing on the processor', () => {
  it('matches float64 after rounding', () => {
    const source = testPicture(47, 29);
    const mask = Uint8Array.from(seededFloats(47 * 29, 2), (value) => Math.max(0, value) * 255);
    for (const size of [
      [12, 8],
      [1, 1],
      [47, 29],
    ] as const) {
      const map = randomMap(size[0], size[1]);
      for (const [used, amount] of [
        [mask, 0.7],
        [null, 1],
        [mask, 1],
      ] as const) {
        const result = compositePicture(source, map, used, amount);
        const expected = compositeReference(source, map, used, amount);
        expect(worstDifference(coloursOf(result), expected).difference).toBeLessThanOrEqual(0.501);
      }
    }
  });

  it('gives the source bit for bit where mask or amount is 0, and through an identity map', () => {
    const source = testPicture(40, 30);
    const mask = new Uint8Array(1200).fill(255, 300, 500);
    expect(compositePicture(source, randomMap(9, 7), null, 0)).toEqual(source);
    expect(compositePicture(source, identityMap(9, 7), mask, 0.3)).toEqual(source);
    const result = compositePicture(source, randomMap(9, 7), mask, 1);
    expect(result.data.subarray(0, 1200)).toEqual(source.data.subarray(0, 1200));
    expect(result.data.subarray(2000)).toEqual(source.data.subarray(2000));
    expect(result.data.subarray(1200, 2000)).not.toEqual(source.data.subarray(1200, 2000));
  });

  it('may write into the source', () => {
    const source = testPicture(40, 30);
    const apart = compositePicture(source, randomMap(9, 7), null, 0.5);
    compositePicture(source, randomMap(9, 7), null, 0.5, source);
    expect(source).toEqual(apart);
  });
});
