import { describe, expect, it } from 'vitest';
import { memoise, TaskQueue } from './task-queue.ts';

describe('TaskQueue', () => {
  it('runs one task at a time, in the order of the calls', async () => {
    const queue = new TaskQueue();
    const log: string[] = [];
    const task = (name: string, turns: number) => async () => {
      log.push(`${name} begins`);
      for (let i = 0; i < turns; i += 1) {
        await Promise.resolve();
      }
      log.push(`${name} ends`);
    };
    await Promise.all([queue.add(task('a', 5)), queue.add(task('b', 0)), queue.add(task('c', 1))]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('survives failures, which reach their own caller only', async () => {
    const queue = new TaskQueue();
    const bad = queue.add(() => {
      throw new Error('bad graph');
    });
    const good = queue.add(() => 7);
    await expect(bad).rejects.toThrow('bad graph');
    await expect(good).resolves.toBe(7);
    await expect(queue.drained()).resolves.toBeUndefined();
  });
});

describe('memoise', () => {
  it('shares one attempt and forgets a failed one', async () => {
    let attempts = 0;
    const load = memoise(async () => {
      attempts += 1;
      await Promise.resolve();
      if (attempts === 1) {
        throw new Error('offline');
      }
      return attempts;
    });
    const [first, second] = await Promise.allSettled([load(), load()]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    expect(await load()).toBe(2);
    expect(await load()).toBe(2);
  });
});
