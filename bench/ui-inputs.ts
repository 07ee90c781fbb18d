import type { Locator, Page } from 'playwright-core';
import type { Phase, TimedEvent, TimedMove } from '../scripts/bench/input-times.ts';

/** About as fast as a hand: a key, a step of a drag, a notch of a wheel. */
const INPUT_EVERY_MS = 60;
/** A hand does not beat to the screen: inputs fall anywhere between two of its frames, each place once in so many. */
const FRAME_MS = 17;
const PHASE_STEP_MS = 7;
const INPUTS = 24;
/** What a phase leaves under way is painted by then. */
const SETTLE_MS = 400;

type Recorded = { readonly events: TimedEvent[]; readonly moves: TimedMove[] };

/** From now on the page notes how long each input takes to its paint. */
export async function recordInputs(page: Page): Promise<void> {
  await page.evaluate(() => {
    const recorded: { events: TimedEvent[]; moves: TimedMove[] } = { events: [], moves: [] };
    Object.assign(window, { recorded });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { startTime, duration, interactionId } = entry as PerformanceEventTiming;
        recorded.events.push({ start: startTime, duration, interaction: interactionId });
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
    // No function gets a name here: the page lacks what the TypeScript runner calls to name them.
    for (const type of ['wheel', 'pointermove']) {
      addEventListener(
        type,
        (event) => {
          const { timeStamp } = event;
          if (event instanceof PointerEvent && event.buttons === 0) {
            return;
          }
          // The frame that handles it is on its way to the screen when the next one begins.
          requestAnimationFrame(() => {
            requestAnimationFrame(() => {
              recorded.moves.push({ start: timeStamp, duration: performance.now() - timeStamp });
            });
          });
        },
        { capture: true, passive: true },
      );
    }
  });
}

export async function recordedInputs(page: Page): Promise<Recorded> {
  return await page.evaluate(() => (window as unknown as { recorded: Recorded }).recorded);
}

async function repeat(page: Page, count: number, input: (i: number) => Promise<void>) {
  for (let i = 0; i < count; i++) {
    await input(i);
    await page.waitForTimeout(INPUT_EVERY_MS + ((i * PHASE_STEP_MS) % FRAME_MS));
  }
}

async function middleOf(target: Locator): Promise<readonly [number, number]> {
  const box = await target.boundingBox();
  if (box === null) {
    throw new Error(`it is not on screen: ${String(target)}`);
  }
  return [box.x + box.width / 2, box.y + box.height / 2];
}

export type Inputs = {
  readonly kind: string;
  /** Makes them, and tells how many keys and clicks that took. */
  readonly make: (page: Page) => Promise<number>;
};

/** Makes inputs of one kind and returns when they were made. */
export async function makeInputs(page: Page, { kind, make }: Inputs): Promise<Phase> {
  await page.waitForTimeout(SETTLE_MS);
  const from = await page.evaluate(() => performance.now());
  const presses = await make(page);
  await page.waitForTimeout(SETTLE_MS);
  const to = await page.evaluate(() => performance.now());
  return { kind, from, to, presses };
}

async function steps(page: Page): Promise<number> {
  await page.locator('#viewer').focus();
  await repeat(page, INPUTS, async (i) => {
    await page.keyboard.press(i % 8 === 7 ? 'ArrowLeft' : 'ArrowRight');
  });
  return INPUTS;
}

async function letters(page: Page): Promise<number> {
  await page.getByRole('combobox', { name: 'What should change' }).focus();
  await repeat(page, INPUTS, async (i) => {
    await page.keyboard.press(i % 12 === 11 ? 'Backspace' : 'make it snow'.charAt(i % 12));
  });
  return INPUTS;
}

async function palette(page: Page): Promise<number> {
  await page.locator('#viewer').focus();
  // A focus that neither key nor pointer gave is taken for a screen reader's, for which the field is focused a frame later.
  await page.keyboard.press('ArrowRight');
  const times = INPUTS / 4;
  await repeat(page, times, async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox', { name: 'Find a command' }).waitFor();
    await page.waitForTimeout(INPUT_EVERY_MS);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
  return 1 + 2 * times;
}

/** Takes hold of `target` and moves it to and fro. */
async function drag(page: Page, target: Locator, reach: number): Promise<number> {
  const [x, y] = await middleOf(target);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await repeat(page, INPUTS, async (i) => {
    await page.mouse.move(x + reach * Math.sin(((i + 1) * Math.PI) / INPUTS), y);
  });
  await page.mouse.move(x + reach / 2, y);
  await page.mouse.up();
  return 2;
}

async function wheel(page: Page, isZoom: boolean): Promise<number> {
  const [x, y] = await middleOf(page.locator('.timeline__scroller'));
  await page.mouse.move(x, y);
  if (isZoom) {
    await page.keyboard.down('Control');
  }
  await repeat(page, INPUTS, async (i) => {
    const by = i < INPUTS / 2 ? 60 : -60;
    await (isZoom ? page.mouse.wheel(0, -by) : page.mouse.wheel(by, 0));
  });
  if (isZoom) {
    await page.keyboard.up('Control');
  }
  return 0;
}

/** Over a part of the timeline, which is brought near first. */
async function pan(page: Page): Promise<number> {
  await page.locator('#viewer').focus();
  await repeat(page, 4, () => page.keyboard.press('+'));
  await wheel(page, false);
  await page.locator('#viewer').focus();
  await page.keyboard.press('Shift+Z');
  return 5;
}

async function undoAndRedo(page: Page): Promise<number> {
  await page.locator('#viewer').focus();
  await repeat(page, INPUTS / 2, async (i) => {
    await page.keyboard.press(i % 2 === 0 ? 'Control+z' : 'Control+Shift+z');
  });
  return INPUTS / 2;
}

/** Inputs that any project takes. */
export const COMMON_INPUTS: readonly Inputs[] = [
  { kind: 'frame by frame', make: steps },
  { kind: 'typing', make: letters },
  { kind: 'palette', make: palette },
  { kind: 'scrubbing', make: async (page) => await drag(page, page.locator('.ruler'), 300) },
  { kind: 'zooming', make: async (page) => await wheel(page, true) },
  { kind: 'panning', make: pan },
];

/** And those on the edit that is applied last: the end of its bar is dragged, which is undone and done again. */
export const EDIT_INPUTS: readonly Inputs[] = [
  {
    kind: 'dragging an edit’s end',
    make: async (page) => {
      const end = page.locator('[data-edit-lane]').last().locator('.edit-bar__end--to');
      return await drag(page, end, 200);
    },
  },
  { kind: 'undo and redo', make: undoAndRedo },
];
