import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  compareMode,
  RowFile,
  steadyTable,
  type SteadyKey,
  type SteadyRow,
} from './steady-rows.ts';

const KEY: SteadyKey = { model: 'a', frames: 4, size: 64, steps: 2, anchors: 4, seed: 1 };

function row(clip: string, mode: SteadyRow['mode'], excess: number): SteadyRow {
  return { clip, prompt: 'p', mode, source: 4, edited: 4 + excess, ratio: 1 + excess / 4, excess };
}

describe('the table', () => {
  it('is Markdown, a line per clip and prompt', () => {
    const rows = [row('a', 'swap', 1), row('a', 'independent', 2.5), row('b', 'swap', -0.25)];
    expect(steadyTable(rows, ['swap', 'independent'])).toEqual([
      '| clip | prompt | source | swap | independent |',
      '| --- | --- | --- | --- | --- |',
      '| a | “p” | 4.000 | 1.000 | 2.500 |',
      '| b | “p” | 4.000 | -0.250 | – |',
    ]);
  });
});

describe('how much steadier a mode is', () => {
  it('is a ratio of sums over the cases whose independent edit is unsteady', () => {
    const rows = [
      row('a', 'swap', 1),
      row('a', 'first', 2),
      row('a', 'independent', 4),
      row('b', 'swap', 2),
      row('b', 'first', 2),
      row('b', 'independent', 6),
      // 1.1 times the source's error: says nothing.
      row('c', 'swap', 9),
      row('c', 'first', 1),
      row('c', 'independent', 0.4),
    ];
    expect(compareMode(rows, 'swap')).toEqual({
      belowIndependent: 1 - 3 / 10,
      excess: 3 / 2,
      firstExcess: 4 / 2,
      counted: 2,
    });
  });

  it('is unknown where the other mode was not run', () => {
    expect(compareMode([row('a', 'swap', 1)], 'swap')).toEqual({
      belowIndependent: null,
      excess: null,
      firstExcess: null,
      counted: 0,
    });
  });
});

describe('rows on disk', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deltacut-rows-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('are found by the next run of the same model and settings', async () => {
    const path = join(folder, 'rows.json');
    const file = await RowFile.open(path, KEY);
    expect(file.rows).toEqual([]);
    await file.add(row('a', 'swap', 1));
    await file.add(row('a', 'first', 2));
    const again = await RowFile.open(path, KEY);
    expect(again.rows).toEqual(file.rows);
    expect(again.has(row('a', 'first', 0))).toBe(true);
    expect(again.has(row('a', 'independent', 0))).toBe(false);
  });

  it('of other settings, and files of something else, are left alone', async () => {
    const path = join(folder, 'rows.json');
    await (await RowFile.open(path, KEY)).add(row('a', 'swap', 1));
    await expect(RowFile.open(path, { ...KEY, frames: 24 })).rejects.toThrow(/other|another/);
    for (const text of ['no JSON', '[]', 'null', '{"key":{}}']) {
      await writeFile(path, text);
      await expect(RowFile.open(path, KEY)).rejects.toThrow(/another file/);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });

  it('are kept nowhere without a file', async () => {
    const file = await RowFile.open(null, KEY);
    await file.add(row('a', 'swap', 1));
    expect(file.has(row('a', 'swap', 1))).toBe(true);
  });
});
