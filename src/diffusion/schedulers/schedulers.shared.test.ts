import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkScheduler, type SchedulerGolden } from '../testing/check-scheduler.ts';

const FOLDER = new URL('../../../../shared/goldens/16-schedulers/', import.meta.url);
const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json') && file !== 'meta.json')
  .map((file) => JSON.parse(readGolden(file)) as SchedulerGolden);

/** Python writes infinities bare, which is no JSON. */
function readGolden(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8').replace(/: -?Infinity/g, ': null');
}

describe('samplers against the reference', () => {
  it('has 26 recorded runs to compare', () => {
    expect(cases.length).toBeGreaterThanOrEqual(26);
  });

  it.each(cases)('follows $name', (golden) => {
    checkScheduler(golden);
  });
});
