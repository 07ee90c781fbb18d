import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameRange } from '../project/frames.ts';
import {
  byteSize,
  clipLength,
  lengthInWords,
  moveSpan,
  rulerLabel,
  snapToFrame,
  spanBetween,
  timecode,
  timeLeft,
} from './time.ts';

/** Rising frame times with uneven gaps, and an end after the last. */
const clips = fc
  .array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 60 })
  .map((gaps) => {
    const times: number[] = [];
    let time = 0;
    for (const gap of gaps) {
      times.push(time);
      time += gap;
    }
    return { times, duration: time };
  });

describe('spanBetween', () => {
  it('holds at least one frame, ends on frames and stays inside, whichever way it was dragged', () => {
    fc.assert(
      fc.property(
        clips,
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.double({ min: -1, max: 2, noNaN: true }),
        ({ times, duration }, a, b) => {
          const span = spanBetween(
            times,
            duration,
            Math.round(a * duration),
            Math.round(b * duration),
          );
          const boundaries = new Set([...times, duration]);
          expect(boundaries.has(span.from) && boundaries.has(span.to)).toBe(true);
          const { from, to } = frameRange(times, span);
          expect(to).toBeGreaterThan(from);
          expect(span).toEqual(spanBetween(times, duration, span.to, span.from));
        },
      ),
    );
  });

  it('is one frame for a click at the very end', () => {
    expect(spanBetween([0, 40, 80], 120, 120, 120)).toEqual({ from: 80, to: 120 });
  });
});

describe('moveSpan', () => {
  it('keeps a span inside the clip', () => {
    fc.assert(
      fc.property(
        clips,
        fc.integer({ min: -20_000_000, max: 20_000_000 }),
        ({ times, duration }, by) => {
          const moved = moveSpan(times, duration, { from: 0, to: times[1] ?? duration }, by);
          expect(moved.from).toBeGreaterThanOrEqual(0);
          expect(moved.to).toBeLessThanOrEqual(duration);
          expect(moved.to).toBeGreaterThan(moved.from);
        },
      ),
    );
  });
});

describe('words and numbers', () => {
  it('snaps to the nearer boundary, the end included', () => {
    expect([10, 25, 70, 110].map((time) => snapToFrame([0, 40, 80], 120, time))).toEqual([
      0, 40, 80, 120,
    ]);
  });

  it('writes timecodes as minutes, seconds, frames', () => {
    expect(timecode(0, 24)).toBe('0:00:00');
    expect(timecode(6_208_333, 24)).toBe('0:06:05');
    expect(timecode(4_999_999, 24)).toBe('0:05:00');
    expect(timecode(1_001_000, 23.976)).toBe('0:01:00');
    expect(timecode(3_661_500_000, 30)).toBe('1:01:01:15');
  });

  it('labels the ruler as finely as its ticks', () => {
    expect(rulerLabel(62e6, 2e6)).toBe('1:02');
    expect(rulerLabel(2.5e6, 0.5e6)).toBe('0:02.5');
    expect(rulerLabel(0.25e6, 0.05e6)).toBe('0:00.25');
  });

  it('says lengths as people do', () => {
    expect(lengthInWords(0.2)).toBe('1 s');
    expect(lengthInWords(24.4)).toBe('24 s');
    expect(lengthInWords(130)).toBe('2 min 10 s');
    expect(lengthInWords(3_900)).toBe('1 h 5 min');
    expect(timeLeft(Number.NaN)).toBe('');
    expect(clipLength(5_008_000)).toBe('5.0 s');
    expect(byteSize(1_045_028)).toBe('1.0 MB');
    expect(byteSize(999)).toBe('999 bytes');
    expect(byteSize(999_990)).toBe('1.0 MB');
  });
});
