import axe from 'axe-core';
import type { Page } from 'playwright-core';

type Violation = { readonly impact: string; readonly id: string; readonly where: string };

/** Longer than any change of colour on the page. */
const LONGEST_CHANGE_MS = 1000;

/** What axe finds wrong on the page, once nothing changes colour any more, and calls serious or critical, as lines to read. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  // A button that becomes able to be pressed just now takes its colour at once.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(async (most) => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    // One whose element is not shown any more may never say that it is finished.
    const late = new Promise((resolve) => {
      setTimeout(resolve, most);
    });
    await Promise.race([Promise.allSettled(ending.map(({ finished }) => finished)), late]);
  }, LONGEST_CHANGE_MS);
  await page.evaluate(axe.source);
  const found: Violation[] = await page.evaluate(`axe
    .run(document, { resultTypes: ['violations'] })
    .then(({ violations }) =>
      violations.flatMap(({ id, impact, nodes }) =>
        nodes.map(({ target, failureSummary }) => ({
          id,
          impact: impact ?? 'none',
          where: target.join(' ') + ': ' + failureSummary,
        })),
      ),
    )`);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ impact, id, where }) => `${impact} ${id} at ${where}`);
}
