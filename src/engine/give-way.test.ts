import { describe, expect, it } from 'vitest';
import { must } from '../base/assert.ts';
import { createActivityMemory, noteActivity, sharedNow } from '../protocol/activity.ts';
import { AT_WORK_MS, GiveWay, QUIET_MS, TURN_MS, waitLeft, type Waiting } from './give-way.ts';

const NOW = 1_000_000;

function waiting(change: Partial<Waiting>): Waiting {
  const activity = { lastInput: 0, isHeld: false };
  return { now: NOW, since: NOW, freeUntil: 0, activity, ...change };
}

describe('how long a run waits', () => {
  it('is not at all while nobody touches the page', () => {
    expect(waitLeft(waiting({}))).toBe(0);
    const activity = { lastInput: NOW - QUIET_MS, isHeld: false };
    expect(waitLeft(waiting({ activity }))).toBe(0);
  });

  it('is until the input is so long ago', () => {
    const activity = { lastInput: NOW - 50, isHeld: false };
    expect(waitLeft(waiting({ activity }))).toBe(QUIET_MS - 50);
  });

  it('goes on while a button is held, however long it rests', () => {
    const activity = { lastInput: NOW - 10_000, isHeld: true };
    expect(waitLeft(waiting({ activity }))).toBe(QUIET_MS);
  });

  it('has an end under input that has none, and then some time without waiting', () => {
    const activity = { lastInput: NOW, isHeld: true };
    const since = NOW - TURN_MS;
    expect(waitLeft(waiting({ activity, since: since + 5 }))).toBe(5);
    expect(waitLeft(waiting({ activity, since }))).toBe(0);
    expect(waitLeft(waiting({ activity, freeUntil: NOW + 1 }))).toBe(0);
    expect(waitLeft(waiting({ activity, freeUntil: NOW }))).toBeGreaterThan(0);
  });

  it('is no longer because clocks disagree', () => {
    const activity = { lastInput: NOW + 3_600_000, isHeld: false };
    expect(waitLeft(waiting({ activity }))).toBe(QUIET_MS);
  });
});

describe('giving way', () => {
  const memory = must(createActivityMemory() ?? undefined, 'shared memory');
  const press = (isHeld: boolean): void => {
    noteActivity(memory, { lastInput: sharedNow(), isHeld });
  };
  const timed = async (work: Promise<void>): Promise<number> => {
    const start = performance.now();
    await work;
    return performance.now() - start;
  };
  const watching = (): GiveWay => {
    const giveWay = new GiveWay();
    giveWay.watch(memory);
    return giveWay;
  };

  it('wants short runs for some time after the last input', () => {
    const giveWay = new GiveWay();
    expect(giveWay.isWanted).toBe(false);
    giveWay.watch(memory);
    noteActivity(memory, { lastInput: sharedNow() - AT_WORK_MS - 5, isHeld: false });
    expect(giveWay.isWanted).toBe(false);
    noteActivity(memory, { lastInput: sharedNow() - AT_WORK_MS / 2, isHeld: false });
    expect(giveWay.isWanted).toBe(true);
    noteActivity(memory, { lastInput: 0, isHeld: false });
  });

  it('needs a page that tells of input', async () => {
    press(true);
    expect(await timed(new GiveWay().wait())).toBeLessThan(QUIET_MS);
  });

  it('waits until the input has ended', async () => {
    press(true);
    setTimeout(() => {
      press(false);
    }, QUIET_MS);
    // Timers may come a millisecond early.
    expect(await timed(watching().wait())).toBeGreaterThanOrEqual(2 * QUIET_MS - 5);
    expect(await timed(watching().wait())).toBeLessThan(QUIET_MS);
  });

  it('lets runs go half of the time under input without end', async () => {
    press(true);
    const giveWay = watching();
    expect(await timed(giveWay.wait())).toBeGreaterThanOrEqual(TURN_MS - 5);
    expect(await timed(giveWay.wait())).toBeLessThan(QUIET_MS);
    await new Promise((resolve) => {
      setTimeout(resolve, TURN_MS + 5);
    });
    expect(await timed(giveWay.wait())).toBeGreaterThanOrEqual(TURN_MS - 5);
  }, 20_000);

  it('hurries when something is to stop', async () => {
    press(true);
    const giveWay = watching();
    const first = timed(giveWay.wait());
    setTimeout(() => {
      giveWay.hurry();
    }, 20);
    expect(await first).toBeLessThan(TURN_MS);
    expect(await timed(giveWay.wait())).toBeLessThan(QUIET_MS);
  });
});
