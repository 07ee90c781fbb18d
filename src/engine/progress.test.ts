import { describe, expect, it } from 'vitest';
import type { JobEvent, JobProgress } from '../protocol/engine.ts';
import { ProgressReporter } from './progress.ts';
import { StageClock } from './stage-clock.ts';

function reporter() {
  let time = 0;
  const sent: JobProgress[] = [];
  const collect = (event: JobEvent) => {
    if (event.kind === 'progress') {
      sent.push(event.progress);
    }
  };
  const progress = new ProgressReporter(collect, () => time);
  return { progress, sent, wait: (ms: number) => (time += ms) };
}

describe('ProgressReporter', () => {
  it('gives rate and time left of what was done in this stage', () => {
    const { progress, sent, wait } = reporter();
    progress.begin('rendering', 20, 'frames', 4);
    wait(2000);
    progress.update(8);
    expect(sent[0]).toMatchObject({ done: 4, framesPerSecond: 0, secondsLeft: NaN });
    expect(sent[1]).toMatchObject({ done: 8, total: 20, framesPerSecond: 2, secondsLeft: 6 });
  });

  it('follows the speed of the last seconds, without the start once it knows better', () => {
    const { progress, sent, wait } = reporter();
    progress.begin('rendering', 100, 'frames');
    wait(10_000);
    progress.update(4);
    wait(1000);
    progress.update(8);
    expect(sent.at(-1)).toMatchObject({ framesPerSecond: 4, secondsLeft: 23 });
    for (let done = 9; done <= 40; done++) {
      wait(2000);
      progress.update(done);
    }
    expect(sent.at(-1)?.framesPerSecond).toBeCloseTo(0.5, 2);
  });

  it('sends at most ten times a second, but always the end of a stage', () => {
    const { progress, sent, wait } = reporter();
    progress.begin('loading-model', 100, 'bytes');
    for (let done = 1; done <= 100; done++) {
      wait(1);
      progress.update(done);
    }
    expect(sent.map((item) => item.done)).toEqual([0, 100]);
    expect(sent.at(-1)?.framesPerSecond).toBe(0);
  });
});

describe('StageClock', () => {
  it('counts time within an inner stage for that one only', async () => {
    let now = 0;
    const clock = new StageClock(() => now);
    await clock.time('unet', async () => {
      now += 10;
      await clock.time('attention', async () => (now += 30));
      now += 5;
    });
    await clock.time('attention', async () => (now += 1));
    expect(clock.times).toMatchObject({ unet: 0.015, attention: 0.031, load: 0 });
    clock.reset();
    expect(clock.times.unet).toBe(0);
  });
});
