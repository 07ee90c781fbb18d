import { expect, it } from 'vitest';
import { surviveKills } from './support/kill-session.ts';

it('keeps every change and frame older than a second when the page is killed, 30 times', async () => {
  const report = await surviveKills(30, Math.random);
  process.stdout.write(`${report}\n`);
  expect(report).toMatch(/^30 kills/);
});
