import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openApp, type AppPage } from './app-page.ts';
import {
  bar,
  editFirstFrames,
  finishedFrames,
  openSample,
  projectName,
  prompt,
  rename,
  waitForFrames,
  waitForSaving,
} from './saved-session.ts';

/** Changes older than this when the page dies must be there when it is opened again. */
const SAFE_MS = 1_000;
const DONE = 'make it night';
const RUNNING = 'make it black and white';
const RUNNING_FRAMES = 60;
/** Load of the model and a first batch on two busy cores. */
const FIRST_FRAME_MS = 400_000;

/** Ends every renderer of the browser as the system's out-of-memory killer would. */
async function killRenderers(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  for (const { id, type } of processInfo) {
    if (type === 'renderer') {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // It had ended by itself.
      }
    }
  }
}

type Seen = { readonly at: number; readonly value: number };

/** The newest value that was seen early enough to be safe. */
function safeValue(seen: readonly Seen[], killedAt: number): number {
  return Math.max(...seen.filter(({ at }) => at < killedAt - SAFE_MS).map(({ value }) => value));
}

/**
 * A session of renames while an edit runs, killed at random moments. After each kill the page is opened afresh: every
 * change and every finished frame older than a second must be there, and the last frames nowhere made again.
 */
export async function surviveKills(count: number, random: () => number): Promise<string> {
  const app = await openApp();
  try {
    let { page } = app;
    await openSample(page);
    await editFirstFrames(page, DONE, 1);
    await waitForFrames(page, DONE, 400_000);
    await page.keyboard.press('Escape');
    await editFirstFrames(page, RUNNING, RUNNING_FRAMES);
    let lastName = 0;
    const frames: number[] = [];
    for (let kill = 0; kill < count; kill++) {
      // Most pages die at any moment; every third one lives until a frame came, so that there is one to lose.
      const round = await workUntilKilled(page, {
        lastName,
        ms: 1_500 + random() * 6_000,
        waitsForFrame: kill % 3 === 1,
      });
      page = await reopen(app, page);
      const name = Number(/^session (\d+)$/.exec(await projectName(page))?.[1] ?? 0);
      expect(name).toBeGreaterThanOrEqual(safeValue(round.names, round.killedAt));
      const finished = await finishedFrames(page, RUNNING);
      expect(finished).toBeGreaterThanOrEqual(safeValue(round.frames, round.killedAt));
      expect(await finishedFrames(page, DONE)).toBe(1);
      lastName = Math.max(name, ...round.names.map(({ value }) => value));
      frames.push(finished);
      await waitForSaving(page, 'Saved');
      await bar(page, RUNNING).first().click();
      if (finished === RUNNING_FRAMES) {
        await page.getByRole('button', { name: 'Another seed' }).click();
      }
      await page.getByRole('button', { name: /^(Run|Carry on)$/ }).click({ timeout: 60_000 });
    }
    // Else nothing was there that could have been lost.
    expect(Math.max(...frames)).toBeGreaterThan(0);
    expect(lastName).toBeGreaterThan(count / 2);
    return `${count} kills, ${lastName} renames; frames of the running edit after each: ${frames.join(' ')}`;
  } finally {
    await app.close();
  }
}

type Plan = {
  readonly lastName: number;
  /** How long the page lives: from now, or from the first frame that comes. */
  readonly ms: number;
  readonly waitsForFrame: boolean;
};

type Round = { readonly names: Seen[]; readonly frames: Seen[]; readonly killedAt: number };

/** Renames the project again and again, noting when each was done, until the page is killed. */
async function workUntilKilled(page: Page, plan: Plan): Promise<Round> {
  const browser = page.context().browser();
  if (browser === null) {
    throw new Error('the page has no browser');
  }
  const names: Seen[] = [{ at: -Infinity, value: 0 }];
  const frames: Seen[] = [{ at: -Infinity, value: 0 }];
  const before = await finishedFrames(page, RUNNING);
  const begin = performance.now();
  let killedAt = Infinity;
  let killing: Promise<void> | null = null;
  const kill = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, plan.ms));
    killedAt = performance.now();
    await killRenderers(browser);
  };
  if (!plan.waitsForFrame) {
    killing = kill();
  }
  try {
    for (let next = plan.lastName + 1; killedAt === Infinity; next++) {
      await rename(page, `session ${next}`);
      names.push({ at: performance.now(), value: next });
      const finished = await finishedFrames(page, RUNNING);
      frames.push({ at: performance.now(), value: finished });
      if (finished > before) {
        killing ??= kill();
      } else if (killing === null && performance.now() - begin > FIRST_FRAME_MS) {
        throw new Error('no frame was edited');
      }
    }
  } catch (error) {
    // A step that was cut short by the page's death is as it should be; any other one is not.
    const wasAlive = killedAt === Infinity;
    await killing;
    if (wasAlive) {
      throw error;
    }
  }
  await killing;
  return { names, frames, killedAt };
}

async function reopen(app: AppPage, dead: Page): Promise<Page> {
  const context = dead.context();
  await dead.close().catch(() => undefined);
  const page = await context.newPage();
  await page.goto(app.origin, { timeout: 120_000 });
  await prompt(page).waitFor({ timeout: 120_000 });
  return page;
}
