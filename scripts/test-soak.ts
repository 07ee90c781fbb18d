import { ensureBuilt } from './build.ts';
import { runTests } from './test.ts';

/** `npm run test:soak`: kills, long edits, property tests at full count; takes hours and is not part of `npm test`. */
export async function main(): Promise<number> {
  await ensureBuilt();
  return await runTests([
    { name: 'soak', bin: 'vitest', args: ['run', '--project', 'soak', '--passWithNoTests'] },
  ]);
}
