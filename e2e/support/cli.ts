import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type CliRun = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout, parsed; null where it is no JSON object. */
  readonly json: Record<string, unknown> | null;
};

function lastJson(stdout: string): Record<string, unknown> | null {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : null;
}

/** One command of package.json in a process of its own, called from `cwd`. */
export async function runCli(
  name: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [`${ROOT}/scripts/run.mjs`, name, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, INIT_CWD: options.cwd ?? ROOT },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? -1));
  });
  return { code, stdout, stderr, json: lastJson(stdout) };
}
