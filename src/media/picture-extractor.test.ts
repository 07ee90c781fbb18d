import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../protocol/media.ts';
import { orient } from './picture-extractor.ts';

/** A picture whose pixels are numbered from 1 in reading order. */
function numbered(width: number, height: number): Picture {
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => i + 1);
  return { width, height, data: new Uint8ClampedArray(pixels.buffer) };
}

function read(picture: Picture): number[] {
  return [...new Uint32Array(picture.data.buffer)];
}

describe('orient', () => {
  it('turns clockwise', () => {
    // 1 2 3 / 4 5 6 becomes 4 1 / 5 2 / 6 3.
    expect(read(orient(numbered(3, 2), { rotation: 90, flip: false }))).toEqual([4, 1, 5, 2, 6, 3]);
    expect(read(orient(numbered(3, 2), { rotation: 180, flip: false }))).toEqual([
      6, 5, 4, 3, 2, 1,
    ]);
    expect(read(orient(numbered(3, 2), { rotation: 270, flip: false }))).toEqual([
      3, 6, 2, 5, 1, 4,
    ]);
  });

  it('mirrors after turning', () => {
    expect(read(orient(numbered(3, 2), { rotation: 0, flip: true }))).toEqual([3, 2, 1, 6, 5, 4]);
    expect(read(orient(numbered(3, 2), { rotation: 90, flip: true }))).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('is undone by four quarter turns and by a second mirror', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (w, h) => {
        const start = numbered(w, h);
        let turned = start;
        for (let i = 0; i < 4; i++) {
          turned = orient(turned, { rotation: 90, flip: false });
        }
        expect(read(turned)).toEqual(read(start));
        const once = orient(start, { rotation: 0, flip: true });
        expect(read(orient(once, { rotation: 0, flip: true }))).toEqual(read(start));
      }),
    );
  });
});
