import { openHarness } from '../e2e/support/browser.ts';

/** The speed all figures are stated at, GFLOP/s: two-core machines differ by a factor of two and more. */
export const STATED_GFLOPS = 25;

/** What this machine's cpu runtime reaches now, measured in a browser of its own before the work. */
export async function measureGflops(): Promise<number> {
  const harness = await openHarness();
  try {
    return await harness.call<number>('e2e/browser/gflops.ts', 'measureGflops');
  } finally {
    await harness.close();
  }
}
