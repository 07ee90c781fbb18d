import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoxKeyframe, MaskLayer, MaskTrack, PathPoint } from './document.ts';
import { evaluateLayer } from './evaluate.ts';
import { changeMask, type MaskChange } from './mask-changes.ts';
import { copyKeyframes, timeToKey } from './mask-keyframes.ts';
import { curvePoint } from './mask-path.ts';

function box(time: number, x: number): BoxKeyframe {
  return { time, easing: 'linear', x, y: 0, width: 0.5, height: 0.5, rotation: 0 };
}

function layer(id: string, ...frames: readonly BoxKeyframe[]): MaskLayer {
  return { id, combine: 'add', shape: 'ellipse', keyframes: frames };
}

const MASK: MaskTrack = {
  feather: 0.1,
  grow: 0,
  invert: false,
  layers: [layer('a', box(0, 0), box(100, 1)), layer('b', box(50, 0.5))],
};

function times(change: MaskChange): readonly (readonly number[])[] {
  const mask = changeMask(MASK, change);
  return mask?.layers.map(({ keyframes }) => keyframes.map(({ time }) => time)) ?? [];
}

describe('changes of a mask', () => {
  it('add a keyframe where nothing moves by it', () => {
    const mask = changeMask(MASK, { kind: 'add-keyframe', layerId: 'a', time: 25 });
    const after = mask?.layers[0];
    expect(after?.keyframes.map(({ time }) => time)).toEqual([0, 25, 100]);
    for (const time of [0, 10, 25, 60, 100]) {
      const [now, before] = [after, MASK.layers[0]].map((one) => one && evaluateLayer(one, time));
      expect(now).toEqual(before);
    }
    expect(changeMask(MASK, { kind: 'add-keyframe', layerId: 'a', time: 100 })).toBe(MASK);
  });

  it('retime keyframes of several layers together, not before zero, over others', () => {
    const keys = [
      { layerId: 'a', time: 100 },
      { layerId: 'b', time: 50 },
    ];
    expect(times({ kind: 'move-keyframes', keys, by: 10 })).toEqual([[0, 110], [60]]);
    expect(times({ kind: 'move-keyframes', keys, by: -70 })).toEqual([[0, 50], [0]]);
    expect(times({ kind: 'move-keyframes', keys: keys.slice(0, 1), by: -100 })).toEqual([
      [0],
      [50],
    ]);
  });

  it('retime keyframes onto frames where these are not evenly spread', () => {
    const keys = [
      { layerId: 'a', time: 0 },
      { layerId: 'b', time: 50 },
    ];
    const frames = [0, 33, 67, 100, 133];
    expect(times({ kind: 'move-keyframes', keys, by: 33, times: frames })).toEqual([
      [33, 100],
      [67],
    ]);
    // Beyond the clip there are no frames to lie on.
    expect(times({ kind: 'move-keyframes', keys, by: 90, times: frames })).toEqual([[100], [140]]);
  });

  it('take a layer away with its last keyframe, and the mask with its last layer', () => {
    const b = { layerId: 'b', time: 50 };
    const all = [{ layerId: 'a', time: 0 }, { layerId: 'a', time: 100 }, b];
    expect(times({ kind: 'remove-keyframes', keys: [b] })).toEqual([[0, 100]]);
    expect(changeMask(MASK, { kind: 'remove-keyframes', keys: all })).toBeNull();
    expect(changeMask(MASK, { kind: 'remove-keyframes', keys: [{ layerId: 'a', time: 7 }] })).toBe(
      MASK,
    );
  });

  it('copy and paste keyframes, easing included, and refuse those of another shape', () => {
    const eased = changeMask(MASK, {
      kind: 'easing',
      keys: [{ layerId: 'a', time: 0 }],
      easing: 'hold',
    });
    const source = eased?.layers[0] ?? layer('none', box(0, 0));
    const copied = copyKeyframes(source, new Set([0, 100]));
    if (copied === null) {
      throw new Error('nothing was copied');
    }
    const pasted = changeMask(eased, { kind: 'paste', layerId: 'b', time: 60, copied });
    expect(pasted?.layers[1]?.keyframes).toEqual([
      box(50, 0.5),
      { ...box(60, 0), easing: 'hold' },
      box(160, 1),
    ]);
    const brush: MaskLayer = {
      id: 'c',
      combine: 'add',
      shape: 'brush',
      keyframes: [{ time: 0, easing: 'hold', strokes: [] }],
    };
    const withBrush = changeMask(MASK, { kind: 'add-layer', layer: brush });
    expect(() => changeMask(withBrush, { kind: 'paste', layerId: 'c', time: 0, copied })).toThrow(
      expect.objectContaining({ code: 'edit/bad-setting' }),
    );
  });

  it('change a still layer as a whole, a moving one at the time', () => {
    expect(MASK.layers.map((one) => timeToKey(one, 70))).toEqual([70, 50]);
  });

  it('reorder layers', () => {
    const mask = changeMask(MASK, { kind: 'move-layer', layerId: 'b', to: 0 });
    expect(mask?.layers.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(changeMask(MASK, { kind: 'move-layer', layerId: 'b', to: 1 })).toBe(MASK);
  });
});

describe('points of a path', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const place = fc.record({ x: share, y: share });
  const points = fc.array(
    fc.record({ x: share, y: share, in: place, out: place }) satisfies fc.Arbitrary<PathPoint>,
    { minLength: 3, maxLength: 5 },
  );

  it('can be added without changing the curve, and taken away', () => {
    fc.assert(
      fc.property(points, fc.nat(2), share, share, (list, after, at, probe) => {
        const path: MaskLayer = {
          id: 'p',
          combine: 'add',
          shape: 'path',
          keyframes: [{ time: 0, easing: 'linear', points: list }],
        };
        const mask: MaskTrack = { ...MASK, layers: [path] };
        const more = changeMask(mask, { kind: 'insert-point', layerId: 'p', after, share: at });
        const [split] = more?.layers ?? [];
        const made = split?.shape === 'path' ? (split.keyframes[0]?.points ?? []) : [];
        expect(made).toHaveLength(list.length + 1);
        const whole = curvePoint(pointAt(list, after), pointAt(list, after + 1), at * probe);
        const half = curvePoint(pointAt(made, after), pointAt(made, after + 1), probe);
        expect(half.x).toBeCloseTo(whole.x, 9);
        expect(half.y).toBeCloseTo(whole.y, 9);
        const less = changeMask(more, { kind: 'remove-point', layerId: 'p', index: after + 1 });
        const [joined] = less?.layers ?? [];
        expect(joined?.shape === 'path' && joined.keyframes[0]?.points).toHaveLength(list.length);
      }),
      { seed: 12, numRuns: 50 },
    );
  });
});

function pointAt(points: readonly PathPoint[], index: number): PathPoint {
  const point = points[index % points.length];
  if (point === undefined) {
    throw new Error('no such point');
  }
  return point;
}
