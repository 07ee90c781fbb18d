import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxBetween, dragBox, gripPoint, GRIPS, SMALLEST_BOX, type Box } from './mask-shape.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const by = fc.double({ min: -2, max: 2, noNaN: true });
const aspects = fc.double({ min: 0.4, max: 2.5, noNaN: true });
const boxes: fc.Arbitrary<Box> = fc
  .tuple(share, share, share, share, fc.integer({ min: -180, max: 180 }))
  .map(([a, b, c, d, rotation]) => ({ ...boxBetween({ x: a, y: b }, { x: c, y: d }), rotation }))
  .filter((box) => box.width >= SMALLEST_BOX && box.height >= SMALLEST_BOX);

const OPPOSITE = {
  n: 's',
  ne: 'sw',
  e: 'w',
  se: 'nw',
  s: 'n',
  sw: 'ne',
  w: 'e',
  nw: 'se',
} as const;

describe('mask boxes', () => {
  it('keep their middle in the picture and a size, whatever is dragged', () => {
    fc.assert(
      fc.property(
        boxes,
        fc.constantFrom('inside' as const, ...GRIPS),
        by,
        by,
        aspects,
        (...drag) => {
          const dragged = dragBox(...drag);
          expect(dragged.x + dragged.width / 2).toBeGreaterThanOrEqual(-1e-9);
          expect(dragged.x + dragged.width / 2).toBeLessThanOrEqual(1 + 1e-9);
          expect(dragged.y + dragged.height / 2).toBeGreaterThanOrEqual(-1e-9);
          expect(dragged.y + dragged.height / 2).toBeLessThanOrEqual(1 + 1e-9);
          expect(dragged.width).toBeGreaterThanOrEqual(SMALLEST_BOX - 1e-9);
          expect(dragged.height).toBeGreaterThanOrEqual(SMALLEST_BOX - 1e-9);
        },
      ),
      { seed: 3 },
    );
  });

  it('keep what lies opposite of the grip, turned or not', () => {
    const small = fc.double({ min: -0.05, max: 0.05, noNaN: true });
    const inner = boxes.filter(
      ({ x, y, width, height }) =>
        width > 0.2 &&
        height > 0.2 &&
        Math.abs(x + width / 2 - 0.5) < 0.3 &&
        Math.abs(y + height / 2 - 0.5) < 0.3,
    );
    fc.assert(
      fc.property(
        inner,
        fc.constantFrom(...GRIPS),
        small,
        small,
        aspects,
        (box, grip, dx, dy, aspect) => {
          const before = gripPoint(box, OPPOSITE[grip], aspect);
          const after = gripPoint(dragBox(box, grip, dx, dy, aspect), OPPOSITE[grip], aspect);
          expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(1e-9);
        },
      ),
      { seed: 3 },
    );
  });

  it('turn to where the grip is dragged', () => {
    const box = { x: 0.3, y: 0.4, width: 0.4, height: 0.2, rotation: 0 };
    const from = gripPoint(box, 'turn', 2);
    expect(from.x).toBeCloseTo(0.5);
    // To the right of the middle, as far as it was above.
    const to = { x: 0.5 + (0.5 - from.y) / 2, y: 0.5 };
    const turned = dragBox(box, 'turn', to.x - from.x, to.y - from.y, 2);
    expect(turned.rotation).toBeCloseTo(90, 5);
    const moved = gripPoint(turned, 'turn', 2);
    expect(moved.x).toBeCloseTo(to.x);
    expect(moved.y).toBeCloseTo(to.y);
  });
});
