import { describe, it } from 'vitest';
import { checkKills } from './support/kill-checks.ts';

describe('a job whose worker is killed', () => {
  it('three times at random moments ends with the pictures of an undisturbed run', async () => {
    await checkKills(3, 1);
  }, 900_000);
});
