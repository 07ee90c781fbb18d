import { existsSync } from 'node:fs';
import { ensureBuilt } from './build.ts';
import { ROOT } from './steps.ts';
import { runTests } from './test.ts';

/** `npm run test:shared`: what needs the reference data beside the checkout (clips, goldens, media corpus). */
export async function main(): Promise<number> {
  if (!existsSync(`${ROOT}/../shared`)) {
    process.stderr.write('There is no ../shared beside this checkout; nothing was run.\n');
    return 2;
  }
  await ensureBuilt();
  return await runTests([
    { name: 'reference data', bin: 'vitest', args: ['run', '--project', 'shared'] },
  ]);
}
