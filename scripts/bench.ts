import { AppError, toAppError } from '../src/base/error.ts';
import { benchAttention } from '../bench/attention.ts';
import { benchCompile } from '../bench/compile.ts';
import { benchEdit } from '../bench/edit.ts';

type Benchmark = (print: (line: string) => void) => Promise<Record<string, unknown>>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  edit: benchEdit,
  attention: benchAttention,
  compile: benchCompile,
};

/** Named in the commands' contract, not measured yet. */
const PLANNED = ['length', 'ui', 'export'];

async function runOne(name: string): Promise<Record<string, unknown>> {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    throw new AppError('cli/usage', `There is no benchmark “${name}”.`);
  }
  process.stdout.write(`\n${name}\n`);
  return await benchmark((line) => process.stdout.write(`${line}\n`));
}

async function runAll(): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {};
  for (const name of Object.keys(BENCHMARKS)) {
    results[name] = await runOne(name);
  }
  return results;
}

/** `npm run bench -- [edit|attention|…|all] [--json]` */
export async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const wanted = names[0] ?? 'all';
  if (PLANNED.includes(wanted)) {
    process.stderr.write(`The benchmark “${wanted}” does not exist yet.\n`);
    return 2;
  }
  try {
    const result = wanted === 'all' ? await runAll() : await runOne(wanted);
    if (args.includes('--json')) {
      process.stdout.write(`${JSON.stringify(result)}\n`);
    }
    return 0;
  } catch (error) {
    const known = toAppError(error, 'engine/crashed');
    process.stderr.write(`${known.message} (${known.code})\n`);
    return known.code === 'cli/usage' ? 2 : 1;
  }
}
