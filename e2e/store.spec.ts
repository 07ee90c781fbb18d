import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/store.ts';

describe('picture store', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await openHarness();
  });

  afterAll(async () => {
    await harness.close();
  });

  it('gives back what was put, and nothing once removed', async () => {
    expect(await harness.call(MODULE, 'keepsPictures')).toEqual({
      before: { picture: null, frames: [] },
      frames: [5, 12],
      same: [true, true, true, false],
      after: [false, true],
    });
  });

  it('takes damaged files for missing, removes and reports them', async () => {
    expect(await harness.call(MODULE, 'survivesDamage')).toEqual({
      results: Array.from({ length: 4 }, () => [null, false]),
      reports: Array.from({ length: 4 }, () => 'store/damaged'),
    });
  });

  it.each([
    { case: 'writes them', count: 40, rounds: 2 },
    // A file that is replaced between opening and reading it can't be read any more: the reader must open it again.
    { case: 'replaces one of them again and again', count: 1, rounds: 400 },
  ])('shows a reader whole pictures only while a worker $case', async ({ count, rounds }) => {
    const result = await harness.call(MODULE, 'readsWhileWritten', count, rounds);
    expect(result).toEqual({
      finished: expect.stringMatching(/^\d.* ms each$/) as string,
      torn: 0,
      wrong: 0,
      seenSome: true,
      frames: count,
    });
  });

  it('says that the disk is full and leaves nothing half written', async () => {
    expect(await harness.call(MODULE, 'meetsFullDisk')).toEqual({
      code: 'store/quota',
      left: [],
      frames: [1],
    });
  });
});
