import { expect, it } from 'vitest';
import { ago } from './ago.ts';

it('says how long ago in the largest unit that fits', () => {
  const now = 1_800_000_000_000;
  const said = [-5, 0, 59, 60, 3_599, 3_600, 86_399, 86_400, 9 * 86_400].map((seconds) =>
    ago(now - seconds * 1000, now),
  );
  expect(said).toEqual([
    'just now',
    'just now',
    'just now',
    '1 minute ago',
    '59 minutes ago',
    '1 hour ago',
    '23 hours ago',
    'yesterday',
    '9 days ago',
  ]);
});
