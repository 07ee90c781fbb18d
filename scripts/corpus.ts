import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openHarness, type Harness } from '../e2e/support/browser.ts';
import { asksForHelp } from './command-line.ts';

const USAGE = 'npm run corpus -- DIR [--json]   (DIR holds corpus.json and its files)';
const FILE_LIMIT_MS = 60_000;

type Entry = {
  readonly file: string;
  readonly expected: string;
  readonly accept: readonly string[];
};

type Row = {
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  readonly message: string;
  readonly asExpected: boolean;
  readonly seconds: number;
};

/** `npm run corpus`: exit code 0 all as expected, 1 some not, 2 wrong use. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  if (asksForHelp(args)) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--json');
  if (names.length !== 1 || unknown !== undefined) {
    process.stderr.write(`${unknown === undefined ? '' : `Unknown option ${unknown}. `}${USAGE}\n`);
    return 2;
  }
  const root = resolve(folder, names[0] ?? '');
  const entries = await readCorpus(root);
  if (typeof entries === 'string') {
    process.stderr.write(`${entries}\n${USAGE}\n`);
    return 2;
  }
  const rows = await inspectAll(root, entries);
  const mismatches = rows.filter((row) => !row.asExpected);
  for (const row of rows) {
    process.stdout.write(`${describe(row)}\n`);
  }
  process.stdout.write(`${rows.length - mismatches.length} of ${rows.length} files as expected\n`);
  if (args.includes('--json')) {
    const summary = {
      files: rows.length,
      asExpected: rows.length - mismatches.length,
      mismatches: mismatches.map(({ file, expected, got, message }) => ({
        file,
        expected,
        got,
        message,
      })),
    };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  }
  return mismatches.length === 0 ? 0 : 1;
}

/** The entries of `corpus.json`, or a sentence about what is wrong with it. */
async function readCorpus(root: string): Promise<readonly Entry[] | string> {
  const info = await stat(root).catch(() => null);
  if (info?.isDirectory() !== true) {
    return `${root} is not a folder.`;
  }
  try {
    const text = await readFile(join(root, 'corpus.json'), 'utf8');
    const { files } = JSON.parse(text) as { files: readonly Entry[] };
    return files.length > 0 ? files : `${root} names no file.`;
  } catch {
    return `${root} has no readable corpus.json.`;
  }
}

async function inspectAll(root: string, entries: readonly Entry[]): Promise<readonly Row[]> {
  const harness = await openHarness();
  const rows: Row[] = [];
  try {
    for (const [index, entry] of entries.entries()) {
      process.stderr.write(
        `\r${String(index + 1).padStart(3)}/${entries.length} ${entry.file.padEnd(40)}`,
      );
      rows.push(await inspect(harness, root, entry));
    }
  } finally {
    process.stderr.write('\n');
    await harness.close();
  }
  return rows;
}

async function inspect(harness: Harness, root: string, entry: Entry): Promise<Row> {
  const started = performance.now();
  let got: string;
  let message: string;
  try {
    const name = await harness.provideFile(join(root, entry.file));
    const result = await harness.call<{ outcome: string; message: string }>(
      'e2e/browser/media-corpus.ts',
      'inspectFile',
      name,
      FILE_LIMIT_MS,
    );
    got = result.outcome;
    message = result.message;
  } catch (error) {
    got = 'crash';
    message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
  return {
    file: entry.file,
    expected: entry.expected,
    got,
    message,
    asExpected: entry.accept.includes(got),
    seconds: (performance.now() - started) / 1000,
  };
}

function describe(row: Row): string {
  const mark = row.asExpected ? 'ok  ' : 'NOT ';
  const time = `${row.seconds.toFixed(1)} s`.padStart(7);
  return `${mark}${row.file.padEnd(30)} ${row.got.padEnd(20)}${time}  ${row.message}`;
}
