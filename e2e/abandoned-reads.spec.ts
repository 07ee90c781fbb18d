import { expect, it } from 'vitest';
import type { AbandonedReads } from './browser/abandoned-reads.ts';
import { openHarness } from './support/browser.ts';

it('reads that are given up leave no decoded picture open, whenever that is', async () => {
  const harness = await openHarness();
  try {
    const { decoded, leaks } = await harness.call<AbandonedReads>(
      'e2e/browser/abandoned-reads.ts',
      'abandonReads',
    );
    expect(leaks).toEqual([]);
    // Far more than what the reads alone take: the clip is decoded whole at each opening.
    expect(decoded).toBeGreaterThan(48 * 40);
    expect(harness.problems).toEqual([]);
  } finally {
    await harness.close();
  }
});
