import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../protocol/media.ts';
import { fitInto, letterbox } from './letterbox.ts';

const side = fc.integer({ min: 1, max: 400 });
const size = fc.record({ width: side, height: side });

function filled(width: number, height: number, value: number): Picture {
  return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(value) };
}

describe('letterbox', () => {
  it('fits inside, touches two sides, stands in the middle and keeps the aspect to a pixel', () => {
    fc.assert(
      fc.property(size, size, (picture, frame) => {
        const box = fitInto(picture, frame);
        expect(box.x + box.width).toBeLessThanOrEqual(frame.width);
        expect(box.y + box.height).toBeLessThanOrEqual(frame.height);
        expect(box.width === frame.width || box.height === frame.height).toBe(true);
        expect(Math.abs(frame.width - box.width - 2 * box.x)).toBeLessThanOrEqual(1);
        expect(Math.abs(frame.height - box.height - 2 * box.y)).toBeLessThanOrEqual(1);
        const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
        expect(Math.abs(box.width - Math.max(1, picture.width * scale))).toBeLessThanOrEqual(1);
        expect(Math.abs(box.height - Math.max(1, picture.height * scale))).toBeLessThanOrEqual(1);
      }),
      { seed: 3 },
    );
  });

  it('leaves a picture of the right size alone', () => {
    const picture = filled(6, 4, 200);
    expect(letterbox(picture, { width: 6, height: 4 })).toBe(picture);
  });

  it('puts black left and right of a portrait picture', () => {
    const { data, width, height } = letterbox(filled(2, 4, 255), { width: 8, height: 4 });
    expect([width, height]).toEqual([8, 4]);
    const row = [...data.subarray(0, width * 4)].filter((_, index) => index % 4 === 0);
    expect(row).toEqual([0, 0, 0, 255, 255, 0, 0, 0]);
    expect(data.filter((_, index) => index % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  });
});
