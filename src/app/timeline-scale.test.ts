import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampZoom,
  scrollForZoom,
  stripSlots,
  tickStep,
  ticksBetween,
  toTime,
  toX,
} from './timeline-scale.ts';

const scale = { duration: 5_000_000, width: 1000 };

describe('timeline scale', () => {
  it('turns time into pixels and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000_000 }), (time) => {
        expect(toTime(scale, toX(scale, time))).toBe(time);
      }),
    );
    expect(toTime(scale, -50)).toBe(0);
    expect(toTime(scale, 5000)).toBe(5_000_000);
  });

  it('keeps labels apart', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 100_000 }),
        fc.integer({ min: 1, max: 7200 }),
        (width, seconds) => {
          const some = { duration: seconds * 1e6, width };
          expect(toX(some, tickStep(some, 84))).toBeGreaterThanOrEqual(84);
        },
      ),
    );
  });

  it('labels every other tick and stays in the window', () => {
    const { step, ticks } = ticksBetween(scale, 84, 400, 600);
    expect(step).toBe(500_000);
    expect(ticks.map((tick) => [tick.x, tick.labelled])).toEqual([
      [400, true],
      [450, false],
      [500, true],
      [550, false],
      [600, true],
    ]);
  });

  it('zooms between the whole clip and 48 pixels a frame', () => {
    expect(clampZoom(0.2, 1000, 120)).toBe(1);
    expect(clampZoom(99, 1000, 120)).toBe(5.76);
    expect(clampZoom(99, 1000, 1)).toBe(1);
  });

  it('keeps the anchored time in place while zooming', () => {
    const scroll = scrollForZoom(1000, 2000, 100, 300);
    expect((scroll + 300) / 2000).toBeCloseTo((100 + 300) / 1000);
  });

  it('lays thumbnails edge to edge over a span and makes only those in the window', () => {
    const slots = stripSlots(scale, { from: 1_000_000, to: 2_000_000 }, 80, 0, 1000);
    expect(slots.map((slot) => [slot.x, slot.width])).toEqual([
      [200, 80],
      [280, 80],
      [360, 40],
    ]);
    expect(stripSlots(scale, { from: 0, to: 5_000_000 }, 80, 320, 400)).toHaveLength(1);
  });
});
