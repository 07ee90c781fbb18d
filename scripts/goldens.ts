import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError, toAppError } from '../src/base/error.ts';
import type { Quantisation } from '../src/models/quantise/weight-coder.ts';
import { Golden } from '../src/models/testing/golden.ts';
import { Bench } from './goldens/bench.ts';
import type { CaseRunner, Row } from './goldens/case.ts';
import { checkCrossFrame } from './goldens/cross-frame.ts';
import { checkIpAdapter } from './goldens/ip-adapter.ts';
import { checkMotion } from './goldens/motion.ts';
import {
  checkGuidance,
  checkText,
  checkTokenizer,
  checkVae,
  checkVision,
} from './goldens/pictures.ts';
import { checkPipeline } from './goldens/pipelines.ts';
import { checkSchedulers } from './goldens/schedulers.ts';
import { checkLora, checkSites, checkUnet } from './goldens/unets.ts';
import { asksForHelp, parseWords } from './command-line.ts';

const USAGE =
  'npm run goldens -- DIR [--runtime cpu|webgpu] [--only GLOB] [--allow-not-run 20] [--quantize f32|f16|q8|q4] [--json]';

/** By the number of the case; a letter behind it is another flavour of the same. */
const RUNNERS: Readonly<Record<string, CaseRunner>> = {
  '01': checkUnet,
  '02': checkUnet,
  '03': checkUnet,
  '04': checkUnet,
  '05': checkUnet,
  '06': checkUnet,
  '07': checkSites,
  '08': checkCrossFrame,
  '09': checkIpAdapter,
  '10': checkMotion,
  '11': checkVae,
  '12': checkVae,
  '13': checkText,
  '14': checkVision,
  '15': checkLora,
  '16': checkSchedulers,
  '17': checkTokenizer,
  '18': checkGuidance,
  '19': checkPipeline,
};
/** Cases of the reference set that are known and not supported yet. */
const NOT_SUPPORTED: readonly string[] = ['20'];

type Options = {
  readonly folder: string;
  readonly runtime: 'cpu' | 'webgpu';
  readonly only: string | undefined;
  readonly allowed: readonly string[];
  readonly quantisation: Quantisation;
  readonly json: boolean;
};

type Outcome = {
  readonly name: string;
  readonly case: string;
  readonly state: 'passed' | 'failed' | 'not run';
  readonly rows: readonly Row[];
  readonly note: string;
};

function usage(what: string): never {
  throw new AppError('cli/usage', `${what}\n${USAGE}`);
}

const OPTIONS = {
  runtime: { type: 'string', default: 'cpu' },
  only: { type: 'string' },
  'allow-not-run': { type: 'string', default: '' },
  quantize: { type: 'string', default: 'f32' },
  json: { type: 'boolean', default: false },
} as const;

function parseOptions(args: readonly string[], folder: string): Options {
  const { positionals, values } = parseWords(args, OPTIONS, `\n${USAGE}`);
  const [given] = positionals;
  if (given === undefined || positionals.length !== 1) {
    usage('Name one folder of goldens.');
  }
  const { runtime, quantize } = values;
  if (runtime !== 'cpu' && runtime !== 'webgpu') {
    usage(`--runtime ${runtime} is neither cpu nor webgpu.`);
  }
  if (!['f32', 'f16', 'q8', 'q4'].includes(quantize)) {
    usage(`--quantize ${quantize} is not one of f32, f16, q8, q4.`);
  }
  const path = resolve(folder, given);
  if (!existsSync(path)) {
    usage(`${given} does not exist.`);
  }
  return {
    folder: path,
    runtime,
    only: values.only,
    allowed: values['allow-not-run'].split(',').filter((text) => text !== ''),
    quantisation: quantize as Quantisation,
    json: values.json,
  };
}

/** Folders with a meta.json: the given one itself, or those inside. */
function findCases(options: Options): readonly Golden[] {
  const isCase = (path: string): boolean => existsSync(join(path, 'meta.json'));
  const folders = isCase(options.folder)
    ? [options.folder]
    : readdirSync(options.folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(options.folder, entry.name))
        .filter(isCase)
        .toSorted();
  const { only } = options;
  const chosen = folders.filter((path) => only === undefined || matchesName(basename(path), only));
  if (chosen.length === 0) {
    usage(
      `No golden case${only === undefined ? '' : ` that matches ${only}`} in ${options.folder}.`,
    );
  }
  return chosen.map((path) => new Golden(path));
}

/** `*` and `?` stand for any letters; a bare number means the case. */
function matchesName(name: string, glob: string): boolean {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return pattern.test(name) || name.startsWith(`${glob}-`);
}

/** `06a-unet-bk-tiny` is case 06a. */
function caseOf(golden: Golden): string {
  const stated = golden.json('meta.json')['case'];
  const name = typeof stated === 'string' ? stated : basename(golden.folder);
  return /^\d+[a-z]?/.exec(name)?.[0] ?? name;
}

async function runCase(
  golden: Golden,
  bench: () => Promise<Bench>,
  quantisation: Quantisation,
): Promise<Outcome> {
  const name = basename(golden.folder);
  const id = caseOf(golden);
  const number = id.replace(/[a-z]$/, '');
  const runner = RUNNERS[number];
  const outcome = { name, case: id, rows: [] as readonly Row[], note: '' };
  if (runner === undefined) {
    const known = NOT_SUPPORTED.includes(number);
    return { ...outcome, state: 'not run', note: known ? 'not supported yet' : 'unknown case' };
  }
  if (runner === checkPipeline && quantisation !== 'f32') {
    return { ...outcome, state: 'not run', note: 'its bounds are for float32 alone' };
  }
  const sibling = (folder: string): Golden => new Golden(join(dirname(golden.folder), folder));
  try {
    const rows = await runner({ golden, sibling, bench });
    const pass = rows.length > 0 && rows.every((result) => result.pass);
    return {
      ...outcome,
      rows,
      state: pass ? 'passed' : 'failed',
      note: pass ? '' : failures(rows),
    };
  } catch (error) {
    return {
      ...outcome,
      state: 'failed',
      note: error instanceof Error ? error.message : String(error),
    };
  }
}

function failures(rows: readonly Row[]): string {
  const failed = rows.filter((result) => !result.pass);
  return rows.length === 0
    ? 'nothing was compared'
    : `${String(failed.length)} of ${String(rows.length)} differ: ${failed[0]?.run ?? ''}`;
}

function summarise(outcome: Outcome) {
  const { rows } = outcome;
  // The comparison that came nearest to its bound speaks for the case.
  const worst = rows.toSorted((a, b) => Number(a.pass) - Number(b.pass) || b.maxRel - a.maxRel)[0];
  return {
    name: outcome.name,
    case: outcome.case,
    shapes: [...new Set(rows.map((result) => result.shape.join('x')))],
    maxAbs: rows.reduce((most, result) => Math.max(most, result.maxAbs), 0),
    maxRel: rows.reduce((most, result) => Math.max(most, result.maxRel), 0),
    tolerance: worst?.tolerance ?? '',
    pass: outcome.state === 'passed',
    note: outcome.state === 'not run' ? `not run: ${outcome.note}` : outcome.note,
    comparisons: rows.length,
  };
}

function line(outcome: Outcome): string {
  const { name, shapes, maxAbs, maxRel, tolerance, note, comparisons } = summarise(outcome);
  const shape = `${shapes[0] ?? '-'}${shapes.length > 1 ? ` +${String(shapes.length - 1)}` : ''}`;
  return [
    outcome.state.padEnd(8),
    name.padEnd(24),
    String(comparisons).padStart(4),
    shape.padEnd(20),
    maxAbs.toExponential(1).padStart(9),
    maxRel.toExponential(1).padStart(9),
    tolerance.padEnd(24),
    note,
  ].join(' ');
}

async function runAll(options: Options): Promise<number> {
  let opened: Promise<Bench> | undefined;
  const bench = (): Promise<Bench> =>
    (opened ??= Bench.open(options.runtime, options.quantisation));
  const outcomes: Outcome[] = [];
  process.stdout.write(
    'state    case                     runs shape                 max abs   max rel tolerance\n',
  );
  try {
    for (const golden of findCases(options)) {
      const outcome = await runCase(golden, bench, options.quantisation);
      outcomes.push(outcome);
      process.stdout.write(`${line(outcome)}\n`);
      await (await opened)?.forget();
    }
  } finally {
    await (await opened)?.close();
  }
  const of = (state: Outcome['state']): readonly Outcome[] =>
    outcomes.filter((outcome) => outcome.state === state);
  const excused = of('not run').filter(
    ({ case: id }) =>
      options.allowed.includes(id) || options.allowed.includes(id.replace(/[a-z]$/, '')),
  );
  const counts = {
    passed: of('passed').length,
    failed: of('failed').length,
    notRun: of('not run').length,
  };
  process.stdout.write(
    `${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.notRun)} not run\n`,
  );
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...counts, cases: outcomes.map(summarise) })}\n`);
  }
  return counts.failed > 0 || counts.notRun > excused.length ? 1 : 0;
}

/** `npm run goldens`: reference numbers of every case in a folder against ours, on the engine's runtimes. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  if (asksForHelp(args)) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  try {
    return await runAll(parseOptions(args, folder));
  } catch (error) {
    const failure = toAppError(error, 'engine/run-failed');
    process.stderr.write(`${failure.message}\n`);
    return failure.code === 'cli/usage' ? 2 : 1;
  }
}
