import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_VIEW_ZOOM, panBy, viewSizes, WHOLE_PICTURE, zoomBy } from './view-zoom.ts';

const SIZES = viewSizes({ width: 1000, height: 400 }, 2);

describe('looking closer', () => {
  it('keeps what is under the pointer where it is', () => {
    const at = { x: 100, y: -50 };
    const view = zoomBy(WHOLE_PICTURE, 4, SIZES, at);
    // The picture is 800 by 400 pixels at first: this place is an eighth right of and above its middle.
    const [width, height] = [800 * view.zoom, 400 * view.zoom];
    expect([view.x * width + width / 8, view.y * height - height / 8]).toEqual([100, -50]);
  });

  it('goes no farther than the whole picture, and so close', () => {
    expect(zoomBy(zoomBy(WHOLE_PICTURE, 3, SIZES, { x: 390, y: 190 }), 0.1, SIZES)).toEqual(
      WHOLE_PICTURE,
    );
    expect(zoomBy(WHOLE_PICTURE, 1e6, SIZES).zoom).toBe(MOST_VIEW_ZOOM);
  });

  it('never shows more than it must of what lies beside the picture', () => {
    const step = fc.oneof(
      fc.record({ factor: fc.double({ min: 0.2, max: 5, noNaN: true }) }),
      fc.record({
        x: fc.integer({ min: -2000, max: 2000 }),
        y: fc.integer({ min: -2000, max: 2000 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let view = WHOLE_PICTURE;
        for (const one of steps) {
          view = 'factor' in one ? zoomBy(view, one.factor, SIZES) : panBy(view, one, SIZES);
        }
        const { stage, fit } = SIZES;
        for (const [offset, room, size] of [
          [view.x, stage.width, fit.width * view.zoom],
          [view.y, stage.height, fit.height * view.zoom],
        ] as const) {
          const slack = Math.max(0, (size - room) / 2);
          expect(Math.abs(offset * size)).toBeLessThanOrEqual(slack + 1e-6);
        }
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});
