import { describe, it } from 'vitest';
import { checkLengths } from './support/length-checks.ts';

describe('an edit', () => {
  it('of eight seconds holds no more memory than one of two', async () => {
    await checkLengths({ seconds: [2, 8], runtimes: ['cpu'] });
  }, 900_000);
});
