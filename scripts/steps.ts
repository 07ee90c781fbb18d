import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type Step = {
  readonly name: string;
  /** Program of node_modules/.bin and its arguments, run by this Node. */
  readonly bin: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export type StepResult = { readonly name: string; readonly ok: boolean; readonly seconds: number };

/** Where npm puts each program's real file: run by path, so that it works alike on every system. */
const BIN_FILES: Record<string, string> = {
  tsc: 'typescript/bin/tsc',
  oxlint: 'oxlint/bin/oxlint',
  oxfmt: 'oxfmt/bin/oxfmt',
  knip: 'knip/bin/knip.js',
  vitest: 'vitest/vitest.mjs',
  vite: 'vite/bin/vite.js',
};

export async function runStep(step: Step): Promise<StepResult> {
  const started = performance.now();
  process.stderr.write(`\n── ${step.name}\n`);
  const file = `${ROOT}/node_modules/${BIN_FILES[step.bin] ?? step.bin}`;
  const code = await new Promise<number>((resolve) => {
    const child = spawn(process.execPath, [file, ...step.args], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...step.env },
    });
    child.on('error', () => resolve(1));
    child.on('close', (status) => resolve(status ?? 1));
  });
  return { name: step.name, ok: code === 0, seconds: (performance.now() - started) / 1000 };
}

/** Runs all steps even if one fails, so that one run shows everything that is wrong; prints a table. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const results: StepResult[] = [];
  for (const step of steps) {
    results.push(await runStep(step));
  }
  const width = Math.max(...results.map(({ name }) => name.length));
  process.stdout.write('\n');
  for (const { name, ok, seconds } of results) {
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(width)} ${seconds.toFixed(1)} s\n`);
  }
  return results.every(({ ok }) => ok);
}
