import { expect } from 'vitest';
import type { KillOutcome } from '../browser/kill.ts';
import { openHarness } from './browser.ts';
import { storeTinyPackage, TINY } from './tiny-package.ts';

/**
 * A job whose worker is ended `kills` times at random moments: its pictures are those of an undisturbed run bit for
 * bit, and what was stored is neither computed nor written again.
 */
export async function checkKills(kills: number, seed: number): Promise<void> {
  const harness = await openHarness();
  try {
    await storeTinyPackage(harness);
    const outcome = await harness.call<KillOutcome>('e2e/browser/kill.ts', 'killAndResume', {
      model: TINY,
      kills,
      seed,
    });
    const { attempts, frames, pictures, undisturbed, summary } = outcome;
    expect(Object.keys(undisturbed)).toHaveLength(2 * frames);
    expect(pictures).toEqual(undisturbed);
    expect(new Set(Object.values(pictures)).size).toBeGreaterThan(frames);
    expect(attempts.filter(({ killedAfterMs }) => killedAfterMs !== null)).toHaveLength(kills);
    for (const { storedBefore, found, computed, rewritten } of attempts) {
      // A worker that died before it had looked has found nothing.
      expect([[], storedBefore]).toContainEqual(found);
      expect(rewritten).toEqual([]);
      const stored = new Set(storedBefore);
      const again = computed.filter((batch) => batch.every((frame) => stored.has(frame)));
      expect(again).toEqual([]);
    }
    const batches = attempts.flatMap(({ computed }) => computed.map((batch) => batch.join()));
    expect(new Set(batches).size).toBe(batches.length);
    const last = attempts.at(-1);
    expect(summary).toMatchObject({ frames, reused: last?.storedBefore.length });
    expect(harness.problems).toEqual([]);
  } finally {
    await harness.close();
  }
}
