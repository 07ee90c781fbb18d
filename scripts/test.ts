import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { CHECK_STEPS } from './check.ts';
import { CHROME_MISSING, findChrome } from './chrome.ts';
import { ensureBuilt } from './build.ts';
import { runSteps, type Step } from './steps.ts';

/** On Debian as root Chromium can be installed on the spot; elsewhere the person is told how. */
function ensureChrome(): boolean {
  if (findChrome() !== null) {
    return true;
  }
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    process.stderr.write('Installing Chromium for the browser tests (once) …\n');
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0;
    if (apt('update', '-q') && apt('install', '-y', '-q', '--no-install-recommends', 'chromium')) {
      return findChrome() !== null;
    }
  }
  process.stderr.write(`${CHROME_MISSING}\n`);
  return false;
}

type Report = { numPassedTests: number; numFailedTests: number };

async function testCounts(files: readonly string[]): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  for (const file of files.filter((name) => existsSync(name))) {
    const report = JSON.parse(await readFile(file, 'utf8')) as Report;
    passed += report.numPassedTests;
    failed += report.numFailedTests;
  }
  return { passed, failed };
}

/** Runs the steps; vitest ones also leave a report, so that the last line can count the tests. */
export async function runTests(steps: readonly Step[]): Promise<number> {
  const folder = await mkdtemp(`${tmpdir()}/deltacut-test-`);
  try {
    const reports: string[] = [];
    const withReports = steps.map((step, index) => {
      if (step.bin !== 'vitest') {
        return step;
      }
      const file = `${folder}/${index}.json`;
      reports.push(file);
      const args = [
        ...step.args,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ];
      return { ...step, args };
    });
    const ok = await runSteps(withReports);
    const { passed, failed } = await testCounts(reports);
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
    return ok && failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `npm test`: everything that needs only the clone. */
export async function main(): Promise<number> {
  if (!ensureChrome()) {
    return 1;
  }
  await ensureBuilt();
  return await runTests([
    ...CHECK_STEPS,
    { name: 'GPU kernels', bin: 'vitest', args: ['run', '--project', 'gpu'] },
    { name: 'browser', bin: 'vitest', args: ['run', '--project', 'e2e'] },
  ]);
}
