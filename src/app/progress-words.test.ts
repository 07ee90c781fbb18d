import { describe, expect, it } from 'vitest';
import type { JobProgress } from '../protocol/engine.ts';
import {
  allEdited,
  amountDone,
  expectedCost,
  rateAndTimeLeft,
  stageName,
} from './progress-words.ts';

const progress: JobProgress = {
  stage: 'rendering',
  done: 42,
  total: 120,
  unit: 'frames',
  framesPerSecond: 3.81,
  secondsLeft: 24.2,
};

describe('progress in words', () => {
  it('says stage, amount, rate and time left', () => {
    expect(stageName(progress)).toBe('Rendering');
    expect(amountDone(progress)).toBe('42 of 120 frames');
    expect(rateAndTimeLeft(progress)).toBe('3.8 frames/s · 24 s left');
  });

  it('says what a run will take', () => {
    expect(expectedCost(120, 0)).toBe('120 frames');
    expect(expectedCost(120, 2)).toBe('120 frames, about 1 min');
    expect(expectedCost(1, 0.5)).toBe('1 frame, about 2 s');
    expect(expectedCost(120, 2, 250_000)).toBe('120 frames, about 1 min, 30.0 MB');
  });

  it('counts one frame as one', () => {
    expect(allEdited(1)).toBe('Its one frame is edited.');
    expect(allEdited(24)).toBe('All 24 frames edited.');
  });

  it('turns slow rates round and leaves out what is unknown', () => {
    expect(rateAndTimeLeft({ ...progress, framesPerSecond: 0.4, secondsLeft: Number.NaN })).toBe(
      '2.5 s a frame',
    );
    expect(rateAndTimeLeft({ ...progress, framesPerSecond: 0, secondsLeft: Number.NaN })).toBe('');
    expect(amountDone({ ...progress, unit: 'bytes', done: 3_100_000, total: 12_000_000 })).toBe(
      '3.1 MB of 12.0 MB',
    );
    expect(amountDone({ ...progress, total: 0 })).toBe('');
    expect(amountDone({ ...progress, unit: 'steps', done: 0, total: 1 })).toBe('');
    expect(stageName(null)).toBe('Starting');
  });
});
