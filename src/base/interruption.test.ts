import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Interruption } from './interruption.ts';

const never = new Promise<never>(() => {});

describe('Interruption', () => {
  it('hands out what comes of a task', async () => {
    const interruption = new Interruption();
    expect(await interruption.race(Promise.resolve(3))).toBe(3);
    await expect(interruption.race(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('ends all that waits, and what comes later', async () => {
    const interruption = new Interruption();
    const waiting = [interruption.race(never), interruption.race(never)];
    interruption.interrupt(new Error('lost'));
    interruption.interrupt(new Error('lost again'));
    for (const one of [...waiting, interruption.race(Promise.resolve(1))]) {
      await expect(one).rejects.toThrow('lost');
    }
    await expect(interruption.race(Promise.reject(new Error('late')))).rejects.toThrow(/^lost$/);
  });

  it('keeps nothing of what has ended', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const interruption = new Interruption();
    const raced = async (): Promise<WeakRef<object>> =>
      new WeakRef(await interruption.race(Promise.resolve({})));
    const results = [await raced(), await raced()];
    await new Promise((resolve) => setTimeout(resolve));
    collectGarbage();
    expect(results.map((result) => result.deref())).toEqual([undefined, undefined]);
    interruption.interrupt(null);
  });
});
