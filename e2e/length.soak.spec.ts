import { describe, it } from 'vitest';
import { checkLengths } from './support/length-checks.ts';

describe('an edit', () => {
  it.each(['cpu', 'webgpu'] as const)(
    'of two minutes on %s holds no more memory than one of two seconds',
    async (runtime) => {
      await checkLengths({ seconds: [2, 20, 120], runtimes: [runtime] });
    },
  );
});
