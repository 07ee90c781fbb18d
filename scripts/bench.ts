import { benchAttention } from '../bench/attention.ts';
import type { Figures, Print } from '../bench/benchmark.ts';
import { benchCompile } from '../bench/compile.ts';
import { benchEdit } from '../bench/edit.ts';
import { benchLarge } from '../bench/large.ts';
import { benchLength } from '../bench/length.ts';
import { benchSteady } from '../bench/steady.ts';
import { benchUi } from '../bench/ui.ts';
import { AppError, toAppError } from '../src/base/error.ts';
import { parseBenchOptions, USAGE, type BenchOptions } from './bench/options.ts';

type Benchmark = (print: Print, options: BenchOptions) => Promise<Figures>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  edit: benchEdit,
  attention: benchAttention,
  length: (print, options) => benchLength(print, options.length),
  compile: benchCompile,
  large: (print, options) => benchLarge(print, options.large),
  ui: benchUi,
  steady: (print, options) => benchSteady(print, options.steady),
};

/** One takes hours, and needs clips that are not in the repository; the other takes many minutes and gigabytes. */
const BY_NAME_ONLY = ['steady', 'large'];

/** Named in the commands' contract, not measured yet. */
const PLANNED = ['export'];

async function runOne(name: string, options: BenchOptions): Promise<Figures> {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    throw new AppError('cli/usage', `There is no benchmark “${name}”.\n${USAGE}`);
  }
  process.stdout.write(`\n${name}\n`);
  return await benchmark((line) => process.stdout.write(`${line}\n`), options);
}

async function runAll(options: BenchOptions): Promise<Figures> {
  const results: Record<string, Figures> = {};
  for (const name of Object.keys(BENCHMARKS).filter((one) => !BY_NAME_ONLY.includes(one))) {
    results[name] = await runOne(name, options);
  }
  return { ...results, missed: Object.values(results).flatMap(({ missed = [] }) => missed) };
}

/** `npm run bench`: exit code 0 done, 1 it ran and something fell short, 2 wrong use. */
export async function main(args: readonly string[], cwd: string): Promise<number> {
  try {
    const options = parseBenchOptions(args, cwd);
    const { name, json } = options;
    if (PLANNED.includes(name)) {
      process.stderr.write(`The benchmark “${name}” does not exist yet.\n`);
      return 2;
    }
    const result = name === 'all' ? await runAll(options) : await runOne(name, options);
    const { missed = [] } = result;
    if (missed.length > 0) {
      process.stderr.write(`Fell short: ${missed.join('; ')}.\n`);
    }
    if (json) {
      process.stdout.write(`${JSON.stringify(result)}\n`);
    }
    return missed.length > 0 ? 1 : 0;
  } catch (error) {
    const known = toAppError(error, 'engine/crashed');
    process.stderr.write(`${known.message} (${known.code})\n`);
    return known.code === 'cli/usage' ? 2 : 1;
  }
}
