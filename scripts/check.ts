import { runSteps, type Step } from './steps.ts';

/** The fast half of `npm test`: nothing here starts a browser. */
export const CHECK_STEPS: readonly Step[] = [
  { name: 'format', bin: 'oxfmt', args: ['--check'] },
  { name: 'types', bin: 'tsc', args: ['-b'] },
  { name: 'lint', bin: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'dead code', bin: 'knip', args: ['--no-progress'] },
  { name: 'unit tests, walls, shader compile', bin: 'vitest', args: ['run', '--project', 'unit'] },
];

export async function main(): Promise<number> {
  return (await runSteps(CHECK_STEPS)) ? 0 : 1;
}
