import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/projects.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

const call = (name: string, ...args: unknown[]) => harness.call(MODULE, name, ...args);

const written = (text: string | null, damaged: string[] = []) => ({
  text,
  damaged,
  canWrite: true,
});

describe('stored projects', () => {
  it('are read as they were last written, also after the tab died', async () => {
    expect(await call('open', 'a', 'plain', false)).toEqual(written(null));
    for (const text of ['one', 'two', 'three – “ø”']) {
      expect(await call('append', 'a', 'plain', text)).toBe('written');
    }
    await call('endTab', 'a');
    expect(await call('open', 'b', 'plain', false)).toEqual(written('three – “ø”'));
    expect(await call('fileNames', 'plain')).toEqual(['journal-2', 'snapshot-0']);
    await call('close', 'b', 'plain');
    expect(await call('listed', 'plain')).toEqual({
      text: 'three – “ø”',
      damaged: 0,
      isOpen: false,
    });
  });

  it('lose only what is torn or flipped, and name the file', async () => {
    await call('open', 'a', 'torn', false);
    await call('append', 'a', 'torn', 'one');
    await call('append', 'a', 'torn', 'two');
    await call('append', 'a', 'torn', 'three');
    await call('endTab', 'a');
    expect(await call('damage', 'torn', 'journal', { cut: 2 })).toBe(1);
    expect(await call('listed', 'torn')).toEqual({ text: 'two', damaged: 1, isOpen: false });
    // All that is left of the third and a byte of the second.
    await call('damage', 'torn', 'journal', { cut: 24 });
    expect(await call('listed', 'torn')).toEqual({ text: 'one', damaged: 1, isOpen: false });
    const opened = (await call('open', 'b', 'torn', false)) as { damaged: string[] };
    expect(opened).toEqual(
      written('one', [expect.stringMatching(/^journal-1-/) as unknown as string]),
    );
    await call('append', 'b', 'torn', 'four');
    await call('endTab', 'b');
    await call('damage', 'torn', 'snapshot', { flip: 9 });
    expect(await call('listed', 'torn')).toMatchObject({ text: 'four' });
  });

  it('with every file damaged still open, empty, and take new states', async () => {
    await call('open', 'a', 'ruin', false);
    await call('append', 'a', 'ruin', 'one');
    await call('endTab', 'a');
    await call('damage', 'ruin', '', { flip: -1 });
    expect(await call('open', 'b', 'ruin', false)).toMatchObject({ text: null, canWrite: true });
    expect(await call('append', 'b', 'ruin', 'new')).toBe('written');
    await call('close', 'b', 'ruin');
    expect(await call('listed', 'ruin')).toMatchObject({ text: 'new' });
  });

  it('have one writer: a second tab looks, and takes over with nothing lost', async () => {
    await call('answerWhenWanted', 'first', 'shared', 'the last change');
    await call('append', 'first', 'shared', 'an earlier change');
    expect(await call('open', 'second', 'shared', false)).toEqual({
      ...written('an earlier change'),
      canWrite: false,
    });
    expect(await call('append', 'second', 'shared', 'stray')).toBe('store/locked');
    expect(await call('removeProject', 'shared')).toBe('store/locked');
    expect(await call('open', 'second', 'shared', true)).toEqual(written('the last change'));
    expect(await call('heard')).toEqual([{ kind: 'wanted', id: 'shared' }]);
    expect(await call('append', 'first', 'shared', 'stray')).toBe('store/locked');
    expect(await call('append', 'second', 'shared', 'mine')).toBe('written');
    await call('close', 'second', 'shared');
    expect(await call('listed', 'shared')).toEqual({ text: 'mine', damaged: 0, isOpen: false });
  });

  it('are taken from a tab that does not answer, which writes no more', async () => {
    await call('open', 'deaf', 'stuck', false);
    await call('append', 'deaf', 'stuck', 'one');
    expect(await call('open', 'taker', 'stuck', true)).toEqual(written('one'));
    expect(await call('heard')).toEqual([
      { kind: 'wanted', id: 'stuck' },
      { kind: 'lost', id: 'stuck' },
    ]);
    expect(await call('append', 'deaf', 'stuck', 'late')).toBe('store/locked');
    await call('close', 'taker', 'stuck');
    expect(await call('removeProject', 'stuck')).toBe('removed');
    expect(await call('listed', 'stuck')).toBe(null);
  });

  it('stay small: a long journal is folded into a snapshot', async () => {
    await call('open', 'a', 'long', false);
    const { median, bytes } = (await call('writeMany', 'a', 'long', 60, 200_000)) as {
      median: number;
      bytes: number;
    };
    process.stdout.write(`a state of 200 kB is on disk after ${median.toFixed(1)} ms (median)\n`);
    expect(bytes).toBeLessThan(5e6);
    await call('endTab', 'a');
    const { text } = (await call('open', 'b', 'long', false)) as { text: string };
    expect([text.length, text.slice(0, 3)]).toEqual([200_000, '59 ']);
  });

  it('say that the disk is full, keep what was there, and go on once there is room', async () => {
    await call('open', 'a', 'full', false);
    await call('append', 'a', 'full', 'before');
    const session = await harness.page.context().newCDPSession(harness.page);
    const { origin } = harness;
    const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 10_000 });
    try {
      expect(await call('append', 'a', 'full', 'x'.repeat(3_000_000))).toBe('store/quota');
    } finally {
      await session.send('Storage.overrideQuotaForOrigin', { origin });
    }
    expect(await call('listed', 'full')).toEqual({ text: 'before', damaged: 0, isOpen: true });
    expect(await call('append', 'a', 'full', 'after')).toBe('written');
    expect(await call('listed', 'full')).toMatchObject({ text: 'after' });
  });
});
