import { describe, it } from 'vitest';
import { checkKills } from './support/kill-checks.ts';

describe('a job whose worker is killed', () => {
  it.each([1, 2])(
    'twenty times at random moments (seed %i) ends with the pictures of an undisturbed run',
    async (seed) => {
      await checkKills(20, seed);
    },
  );
});
