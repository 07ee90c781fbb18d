import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../base/error-codes.ts';
import { AppError } from '../base/error.ts';
import { Autosave } from './autosave.ts';
import { createSaving } from './state/saving-store.ts';

/** A disk in memory that takes a while, and may be full. */
function setUp() {
  const disk = { calls: [] as string[], refuses: null as ErrorCode | null, text: '' };
  const heard: string[] = [];
  const saving = createSaving();
  const said: string[] = [];
  saving.subscribe(({ kind }) => said.push(kind));
  const autosave = new Autosave(
    {
      append: async (id, text) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (disk.refuses !== null) {
          throw new AppError(disk.refuses);
        }
        disk.calls.push(`${id}: ${text}`);
        disk.text = text;
      },
      close: (id) => {
        disk.calls.push(`close ${id}`);
        return Promise.resolve();
      },
    },
    saving,
    {
      onFailed: ({ code }) => heard.push(code),
      onLost: () => heard.push('lost'),
      onStranded: (text) => heard.push(`stranded ${text}`),
    },
  );
  const document = { text: 'one' };
  const change = (text: string): void => {
    document.text = text;
    autosave.changed();
  };
  const reads = { count: 0 };
  const begin = (written: string | null): void => {
    const read = () => {
      reads.count++;
      return document.text;
    };
    autosave.begin('p', read, written);
  };
  return { autosave, disk, reads, heard, saving, said, change, begin };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('autosave', () => {
  it('writes a new project, then at most one state per quarter of a second, the last one always', async () => {
    const { begin, change, disk, said, saving } = setUp();
    begin(null);
    await wait(60);
    for (let index = 0; index < 30; index++) {
      change(`state ${index}`);
      await wait(10);
    }
    await wait(400);
    expect(disk.text).toBe('state 29');
    expect(disk.calls.length).toBeGreaterThan(2);
    expect(disk.calls.length).toBeLessThan(10);
    expect(saving.getState().kind).toBe('saved');
    expect(said.slice(0, 3)).toEqual(['saved', 'saving', 'saved']);
  });

  it('reads the state a few times per write, however often it changes', async () => {
    const { begin, change, disk, reads } = setUp();
    begin('one');
    for (let index = 0; index < 200; index++) {
      change(`state ${index}`);
    }
    await wait(400);
    expect(disk.text).toBe('state 199');
    expect(reads.count).toBeLessThan(10);
  });

  it('writes nothing for what is on disk already', async () => {
    const { autosave, begin, change, disk } = setUp();
    begin('one');
    change('one');
    await autosave.flush();
    expect(disk.calls).toEqual([]);
    expect(autosave.isPending).toBe(false);
  });

  it('keeps what a full disk refuses, says so once, and writes it when asked again', async () => {
    const { autosave, begin, change, disk, heard, saving } = setUp();
    begin('one');
    disk.refuses = 'store/quota';
    change('two');
    await autosave.flush();
    change('three');
    await autosave.flush();
    expect(saving.getState().kind).toBe('failed');
    expect(heard).toEqual(['store/quota']);
    expect(autosave.isPending).toBe(true);
    disk.refuses = null;
    await autosave.flush();
    expect(disk.calls).toEqual(['p: three']);
    expect(saving.getState().kind).toBe('saved');
  });

  it('writes what is left before it lets go, and nothing that comes later', async () => {
    const { autosave, begin, change, disk } = setUp();
    begin('one');
    change('two');
    const leaving = autosave.leave();
    change('of another project');
    await leaving;
    await wait(300);
    expect(disk.calls).toEqual(['p: two', 'close p']);
  });

  it('hands over to another tab with its last change, then only looks', async () => {
    const { autosave, begin, change, disk, heard, saving } = setUp();
    begin('one');
    change('two');
    await autosave.handOver('p');
    change('three');
    await wait(300);
    expect(disk.calls).toEqual(['p: two', 'close p']);
    expect(heard).toEqual(['lost']);
    expect(saving.getState().kind).toBe('elsewhere');
  });

  it('says what came too late for the tab that took it, and nothing where all was written', async () => {
    const { autosave, begin, change, disk, heard } = setUp();
    begin('one');
    autosave.lost('another');
    autosave.lost('p');
    expect(heard).toEqual(['lost']);
    begin('one');
    disk.refuses = 'store/locked';
    change('two');
    await autosave.flush();
    expect(heard).toEqual(['lost', 'lost', 'stranded two']);
    begin('one');
    change('three');
    await autosave.handOver('p');
    expect(heard.slice(3)).toEqual(['lost', 'stranded three']);
  });
});
