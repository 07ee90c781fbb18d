import { readFile, rename, writeFile } from 'node:fs/promises';
import { AppError } from '../../src/base/error.ts';
import { compareSteadiness, type WarpError } from '../../src/diffusion/metrics/warp-error.ts';
import type { AttentionMode } from '../../src/project/document.ts';

/** One edit of one clip, measured: means over the pairs of frames, 0…255. */
export type SteadyRow = Pick<WarpError, 'source' | 'edited' | 'ratio' | 'excess'> & {
  readonly clip: string;
  readonly prompt: string;
  readonly mode: AttentionMode;
};

/** What a row depends on besides its clip, prompt and mode. */
export type SteadyKey = {
  /** SHA-256 of the package's manifest, which names every file by hash. */
  readonly model: string;
  readonly frames: number;
  readonly size: number;
  readonly steps: number;
  readonly anchors: number;
  readonly seed: number;
};

/** How much steadier the first mode is, over the clips and prompts where the independent edit is unsteady enough to tell. */
export type SteadyComparison = {
  /** 1 - (sum of excesses) / (sum of the independent ones); null where none counts. */
  readonly belowIndependent: number | null;
  /** Means over the same clips and prompts of the mode's excess and of mode `first`'s, which may be below 0. */
  readonly excess: number | null;
  readonly firstExcess: number | null;
  readonly counted: number;
};

type Case = Pick<SteadyRow, 'clip' | 'prompt'>;

function find(rows: readonly SteadyRow[], of: Case, mode: AttentionMode): SteadyRow | undefined {
  return rows.find((row) => row.clip === of.clip && row.prompt === of.prompt && row.mode === mode);
}

export function casesOf(rows: readonly SteadyRow[]): readonly Case[] {
  const known = new Map(rows.map((row) => [`${row.clip} ${row.prompt}`, row]));
  return [...known.values()].map(({ clip, prompt }) => ({ clip, prompt }));
}

/** A mode against frames edited one by one, and against the first frame as the only anchor. */
export function compareMode(rows: readonly SteadyRow[], mode: AttentionMode): SteadyComparison {
  const pairs = casesOf(rows).flatMap((of) => {
    const edited = find(rows, of, mode);
    const independent = find(rows, of, 'independent');
    return edited === undefined || independent === undefined ? [] : [{ of, edited, independent }];
  });
  const { reduction, perPair, counted } = compareSteadiness(pairs);
  const sums = { edited: 0, first: 0, cases: 0 };
  pairs.forEach(({ of, edited }, i) => {
    const first = find(rows, of, 'first');
    if (perPair[i] !== null && first !== undefined) {
      sums.edited += edited.excess;
      sums.first += first.excess;
      sums.cases++;
    }
  });
  return {
    belowIndependent: reduction,
    excess: sums.cases === 0 ? null : sums.edited / sums.cases,
    firstExcess: sums.cases === 0 ? null : sums.first / sums.cases,
    counted,
  };
}

/**
 * Lines of a Markdown table as docs/benchmarks.md holds it: per clip and prompt the source's warp error and each mode's
 * excess over it; a dash where a mode was not run.
 */
export function steadyTable(
  rows: readonly SteadyRow[],
  modes: readonly AttentionMode[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const figure = (value: number | undefined): string => value?.toFixed(3) ?? '–';
  return [
    line(['clip', 'prompt', 'source', ...modes]),
    line(['---', '---', '---', ...modes.map(() => '---')]),
    ...casesOf(rows).map((of) => {
      const source = rows.find((row) => row.clip === of.clip && row.prompt === of.prompt)?.source;
      const excesses = modes.map((mode) => figure(find(rows, of, mode)?.excess));
      return line([of.clip, `“${of.prompt}”`, figure(source), ...excesses]);
    }),
  ];
}

/** Finished rows on disk: a run that was stopped goes on from them. */
export class RowFile {
  readonly rows: SteadyRow[];
  readonly #path: string | null;
  readonly #key: SteadyKey;

  private constructor(path: string | null, key: SteadyKey, rows: SteadyRow[]) {
    this.#path = path;
    this.#key = key;
    this.rows = rows;
  }

  /** `path` null: nothing is kept. Throws `cli/usage` if the file holds rows of another model or other settings. */
  static async open(path: string | null, key: SteadyKey): Promise<RowFile> {
    const text = path === null ? null : await readFile(path, 'utf8').catch(() => null);
    if (text === null) {
      return new RowFile(path, key, []);
    }
    const stored = parse(text);
    if (stored === null || JSON.stringify(stored.key) !== JSON.stringify(key)) {
      throw new AppError(
        'cli/usage',
        `${path} holds no rows of this model and these settings: name another file, or remove it.`,
      );
    }
    return new RowFile(path, key, [...stored.rows]);
  }

  has(row: Pick<SteadyRow, 'clip' | 'prompt' | 'mode'>): boolean {
    return find(this.rows, row, row.mode) !== undefined;
  }

  /** Written aside, then renamed: the file is whole at any time. */
  async add(row: SteadyRow): Promise<void> {
    this.rows.push(row);
    if (this.#path !== null) {
      const whole = JSON.stringify({ key: this.#key, rows: this.rows }, null, 1);
      await writeFile(`${this.#path}.partial`, whole);
      await rename(`${this.#path}.partial`, this.#path);
    }
  }
}

function parse(text: string): { key: SteadyKey; rows: readonly SteadyRow[] } | null {
  try {
    const value = JSON.parse(text) as { key?: SteadyKey; rows?: readonly SteadyRow[] } | null;
    return value?.key !== undefined && Array.isArray(value.rows)
      ? { key: value.key, rows: value.rows }
      : null;
  } catch {
    return null;
  }
}
