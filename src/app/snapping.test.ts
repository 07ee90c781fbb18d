import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '../project/document.ts';
import { snapDrag, snapTargets, type SnapDrag } from './snapping.ts';

const edit = (id: string, values: Partial<Edit>): Edit =>
  ({ id, clipId: 'a', span: { from: 50, to: 150 }, amount: [], mask: null, ...values }) as Edit;

const faded = edit('faded', {
  amount: [
    { time: 60, value: 1 },
    { time: 120, value: 0 },
  ],
});
const pieces = [
  { id: '1', clipId: 'a', from: 100, to: 200 },
  { id: '2', clipId: 'b', from: 0, to: 30 },
  { id: '3', clipId: 'a', from: 0, to: 70 },
];
const marks = { playhead: 7, spans: [] };

describe('what there is to snap to', () => {
  it('is ends of pieces, of edits in every piece, keyframes where they are seen, and the playhead', () => {
    expect(snapTargets({ pieces, edits: [faded] }, marks, { kind: 'anchor' })).toEqual([
      0, 7, 20, 50, 100, 130, 180, 190, 200,
    ]);
  });

  it('is never what is dragged itself', () => {
    const project = { pieces, edits: [faded] };
    const without = (dragged: Parameters<typeof snapTargets>[2]) =>
      snapTargets(project, marks, dragged);
    expect(without({ kind: 'edit', editId: 'faded' })).toEqual([0, 7, 20, 100, 130, 190, 200]);
    expect(without({ kind: 'amount', editId: 'faded' })).toEqual([0, 7, 50, 100, 130, 180, 200]);
    expect(without({ kind: 'trim', time: 130 })).not.toContain(130);
  });

  it('has the chosen spans, but not for a drag that chooses one', () => {
    const chosen = { playhead: 0, spans: [{ clipId: 'b', span: { from: 10, to: 20 } }] };
    const project = { pieces, edits: [] };
    expect(snapTargets(project, chosen, { kind: 'anchor' })).toEqual([0, 100, 110, 120, 130, 200]);
    expect(snapTargets(project, chosen, { kind: 'span' })).toEqual([0, 100, 130, 200]);
  });

  it('has the mask keyframes of other layers, and no amount that is one value', () => {
    const layer = (id: string, time: number) => ({ id, keyframes: [{ time }] });
    const mask = { layers: [layer('one', 105), layer('two', 110)] } as unknown as Edit['mask'];
    const project = { pieces, edits: [edit('plain', { amount: [{ time: 140, value: 1 }], mask })] };
    const dragged = { kind: 'mask-keys', layerIds: ['one'] } as const;
    expect(snapTargets(project, marks, dragged)).toEqual([0, 7, 10, 50, 100, 130, 180, 200]);
  });
});

const time = fc.integer({ min: 0, max: 1_000_000 });
const drags: fc.Arbitrary<SnapDrag> = fc
  .record({
    edges: fc.array(time, { minLength: 1, maxLength: 2 }),
    by: fc.integer({ min: -1_200_000, max: 1_200_000 }),
    least: fc.integer({ min: -1_000_000, max: 0 }),
    most: fc.integer({ min: 0, max: 1_000_000 }),
    targets: fc.array(time, { maxLength: 12 }),
    tolerancePx: fc.integer({ min: 0, max: 12 }),
    perPixel: fc.integer({ min: 1, max: 20_000 }),
  })
  .map((drag) => ({ ...drag, targets: drag.targets.toSorted((a, b) => a - b) }));

const clamped = ({ by, least, most }: SnapDrag): number => Math.max(least, Math.min(most, by));

describe('a drag', () => {
  it('jumps to the nearest target within reach, and nowhere else', () => {
    const drag = (by: number, edges = [0]) => {
      const reach = { least: -1_000, most: 1_000, tolerancePx: 8, perPixel: 1 };
      return snapDrag({ edges, by, targets: [100, 110], ...reach });
    };
    expect([92, 104, 106, 118].map((by) => drag(by).by)).toEqual([100, 100, 110, 110]);
    expect([91, 119].map((by) => drag(by))).toEqual([
      { by: 91, target: null },
      { by: 119, target: null },
    ]);
    // A bar of 40 whose end is nearer than its begin.
    expect(drag(66, [0, 40])).toEqual({ by: 70, target: 110 });
  });

  it('that snaps has an edge exactly on its target, no further off than the tolerance', () => {
    fc.assert(
      fc.property(drags, (drag) => {
        const { by, target } = snapDrag(drag);
        const off = Math.abs(by - clamped(drag));
        expect(target === null ? off === 0 : drag.edges.includes(target - by)).toBe(true);
        expect(off).toBeLessThanOrEqual(drag.tolerancePx * drag.perPixel);
      }),
    );
  });

  it('leaves no nearer target that it could have reached', () => {
    fc.assert(
      fc.property(drags, (drag) => {
        const { by, target } = snapDrag(drag);
        const wanted = clamped(drag);
        const limit =
          target === null ? drag.tolerancePx * drag.perPixel + 1 : Math.abs(by - wanted);
        const offers = drag.edges.flatMap((edge) => drag.targets.map((one) => one - edge));
        const inside = offers.filter((one) => one >= drag.least && one <= drag.most);
        expect(inside.every((one) => Math.abs(one - wanted) >= limit)).toBe(true);
      }),
    );
  });

  it('stays within its reach and does not move once it has snapped', () => {
    fc.assert(
      fc.property(drags, (drag) => {
        const { by } = snapDrag(drag);
        expect(by).toBeGreaterThanOrEqual(drag.least);
        expect(by).toBeLessThanOrEqual(drag.most);
        expect(snapDrag({ ...drag, by }).by).toBe(by);
      }),
    );
  });

  it('depends on distances alone, not on where on the timeline it takes place', () => {
    fc.assert(
      fc.property(drags, time, (drag, shift) => {
        const moved = {
          ...drag,
          edges: drag.edges.map((edge) => edge + shift),
          targets: drag.targets.map((target) => target + shift),
        };
        expect(snapDrag(moved).by).toBe(snapDrag(drag).by);
      }),
    );
  });
});
