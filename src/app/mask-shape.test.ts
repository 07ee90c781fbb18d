import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boxBetween,
  boxOf,
  dragBox,
  gripPoint,
  GRIPS,
  SMALLEST_BOX,
  stillMask,
  withBox,
} from './mask-shape.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const by = fc.double({ min: -2, max: 2, noNaN: true });
const boxes = fc
  .tuple(share, share, share, share)
  .map(([a, b, c, d]) => boxBetween(a, b, c, d))
  .filter((box) => box.width >= SMALLEST_BOX && box.height >= SMALLEST_BOX);

describe('mask boxes', () => {
  it('stay inside the picture and keep a size whatever is dragged', () => {
    fc.assert(
      fc.property(
        boxes,
        fc.constantFrom('inside' as const, ...GRIPS),
        by,
        by,
        (box, grip, dx, dy) => {
          const dragged = dragBox(box, grip, dx, dy);
          expect(dragged.x).toBeGreaterThanOrEqual(0);
          expect(dragged.y).toBeGreaterThanOrEqual(0);
          expect(dragged.x + dragged.width).toBeLessThanOrEqual(1 + 1e-9);
          expect(dragged.y + dragged.height).toBeLessThanOrEqual(1 + 1e-9);
          expect(dragged.width).toBeGreaterThanOrEqual(SMALLEST_BOX - 1e-9);
          expect(dragged.height).toBeGreaterThanOrEqual(SMALLEST_BOX - 1e-9);
        },
      ),
    );
  });

  it('move only the dragged side', () => {
    const box = { x: 0.2, y: 0.2, width: 0.4, height: 0.4 };
    const dragged = dragBox(box, 'e', 0.1, 0.3);
    expect([dragged.x, dragged.y, dragged.height]).toEqual([0.2, 0.2, expect.closeTo(0.4)]);
    expect(dragged.width).toBeCloseTo(0.5);
    expect(gripPoint(box, 'se')).toEqual({ x: expect.closeTo(0.6), y: expect.closeTo(0.6) });
  });

  it('survive being put into a mask', () => {
    const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };
    expect(boxOf(stillMask('ellipse', box))).toEqual(box);
    const moved = { ...box, x: 0.5 };
    expect(boxOf(withBox(stillMask('ellipse', box), moved))).toEqual(moved);
  });
});
