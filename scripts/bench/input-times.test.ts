import { describe, expect, it } from 'vitest';
import { EVENT_FLOOR_MS, phaseTimes, quantile, type Phase } from './input-times.ts';

const phase: Phase = { kind: 'keys', from: 100, to: 200, presses: 3 };

describe('the times of a phase', () => {
  it('are the longest event of each interaction, and the floor for presses too short to be reported', () => {
    const events = [
      { start: 99, duration: 500, interaction: 1 },
      { start: 100, duration: 24, interaction: 2 },
      { start: 130, duration: 40, interaction: 2 },
      // The pointer went over something: no press.
      { start: 140, duration: 80, interaction: 0 },
      { start: 150, duration: 32, interaction: 3 },
      { start: 200, duration: 500, interaction: 4 },
    ];
    expect(phaseTimes(phase, events, [])).toEqual([40, 32, EVENT_FLOOR_MS]);
  });

  it('have all moves, and no floor where more interactions are reported than were counted', () => {
    const events = [1, 2, 3, 4].map((interaction) => ({ start: 150, duration: 24, interaction }));
    const moves = [
      { start: 120, duration: 33 },
      { start: 220, duration: 900 },
    ];
    expect(phaseTimes(phase, events, moves)).toEqual([24, 24, 24, 24, 33]);
  });
});

describe('a quantile', () => {
  it('is a value that was measured', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantile(values, 0.95)).toBe(96);
    expect(quantile(values, 0.5)).toBe(51);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
