import { describe, expect, it } from 'vitest';
import { draggedBy, pressKeyframe, steppedBy } from './keyframe-drag.ts';

const TIMES = [0, 40_000, 80_000, 120_000, 160_000];

describe('dragged keyframes', () => {
  const drag = (by: number) => draggedBy(40_000, by * 1_000, TIMES);

  it('lie on frames', () => {
    expect([drag(0), drag(19), drag(21), drag(-500), drag(90)]).toEqual([
      0, 0, 40_000, -40_000, 80_000,
    ]);
  });

  it('step by frames and stay in the clip', () => {
    expect([steppedBy(40_000, 1, TIMES), steppedBy(40_000, -9, TIMES)]).toEqual([40_000, -40_000]);
    expect(steppedBy(120_000, 10, TIMES)).toBe(40_000);
  });
});

describe('selected keyframes', () => {
  const [a, b] = [
    { layerId: 'a', time: 0 },
    { layerId: 'b', time: 0 },
  ];

  it('are one, or several with Ctrl or Shift', () => {
    expect(pressKeyframe([a], b, false)).toEqual([b]);
    expect(pressKeyframe([a], b, true)).toEqual([a, b]);
    expect(pressKeyframe([a, b], b, true)).toEqual([a]);
  });

  it('stay together when one of them is pressed to be dragged', () => {
    expect(pressKeyframe([a, b], b, false)).toEqual([a, b]);
  });
});
