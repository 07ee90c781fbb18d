import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSaved } from '../src/project/saved.ts';
import { serialiseProject } from '../src/project/serialise.ts';
import { ProjectFile } from '../src/store/project-file/read-project-file.ts';
import type { Colour } from './browser/inspect-clip.ts';
import type { Place, SeenPlaces } from './browser/journey-masks.ts';
import { sunAt } from './browser/sun.ts';
import { dropBytes, exportAs, openApp, openStart, type AppPage } from './support/app-page.ts';
import { openHarness, type Harness } from './support/browser.ts';
import { engineCalls, recordEngineCalls, storedPictures } from './support/engine-calls.ts';
import { waitForFrames } from './support/saved-session.ts';

const MODULE = 'e2e/browser/journey-masks.ts';
/** A sun that goes down and up again; three beeps, of which the cut takes one. */
const CLIP = {
  width: 288,
  height: 192,
  frames: 31,
  frameRate: 12,
  dip: 0.3,
  sound: { seconds: 31 / 12, beeps: [0.1, 0.5, 1.5] },
};
const sunOf = (frame: number) => sunAt(frame / (CLIP.frames - 1), CLIP.dip);
/** Frames of the clip that are cut out, half-open. */
const CUT = [4, 10] as const;
const GONE = CUT[1] - CUT[0];
/** Spans of the two edits, in frames of the clip, half-open: they share three. */
const GREY = [13, 16] as const;
const NIGHT = [12, 19] as const;
/** The ellipse is keyed here; between them it must follow by itself. */
const KEYED = [12, 15, 18];
const BETWEEN = [13, 14, 16, 17];
type Look = 'grey' | 'night' | 'both' | 'none';
/** In one mask, in both and in none, most of them on the sun; and where a mask is, but at no time of its edit. */
const PLACES: readonly (Place & { readonly inside: Look })[] = [
  { inside: 'grey', frame: 14, x: 0.2, y: 0.3 },
  { inside: 'night', frame: 14, x: sunOf(14).x + 0.09, y: sunOf(14).y },
  { inside: 'both', frame: 14, x: sunOf(14).x - 0.05, y: sunOf(14).y },
  { inside: 'none', frame: 14, x: 0.85, y: 0.3 },
  { inside: 'none', frame: 14, x: 0.85, y: 0.9 },
  { inside: 'none', frame: 12, x: 0.2, y: 0.3 },
  { inside: 'night', frame: 17, x: sunOf(17).x, y: sunOf(17).y },
  { inside: 'none', frame: 17, x: 0.2, y: 0.3 },
  { inside: 'none', frame: 19, x: sunOf(19).x, y: sunOf(19).y },
];
/** Levels that a codec may be off by in the mean of a small square. */
const CODED = 4;
/** What a hand is off by, and what its handles cover of the sun. */
const MOST_AWAY = 2.5;
/** A few frames on two busy cores. */
const EDIT_MS = 900_000;
const SHEETS = process.env['DELTACUT_SHEETS'];

let app: AppPage;
let harness: Harness;
let folder = '';
let source = '';
type State = { readonly document: string; readonly results: string };
const states: { begin: State; end: State } = {
  begin: { document: '', results: '' },
  end: { document: '', results: '' },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-journey-masks-'));
  harness = await openHarness();
  source = await harness.call<string>(MODULE, 'clipBytes', CLIP);
  app = await openApp();
  app.page.setDefaultTimeout(60_000);
  await recordEngineCalls(app.page);
  await openStart(app);
}, 300_000);

afterAll(async () => {
  await app.close();
  await harness.close();
  await rm(folder, { recursive: true, force: true });
});

const prompt = () => app.page.getByRole('combobox', { name: 'What should change' });
const playhead = () => app.page.getByRole('slider', { name: 'Playhead' });

async function press(key: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    await app.page.keyboard.press(key);
  }
}

async function picture(name: string): Promise<void> {
  if (SHEETS !== undefined) {
    await mkdir(SHEETS, { recursive: true });
    await app.page.screenshot({ path: `${SHEETS}/${name}.png` });
  }
}

/** Frame of the clip, once the cut is made; before it both count alike up to its begin. */
async function goTo(frame: number): Promise<void> {
  const index = frame < CUT[1] ? frame : frame - GONE;
  await playhead().focus();
  await press('Home');
  await press('ArrowRight', index);
  await expect.poll(() => playhead().getAttribute('aria-valuenow')).toBe(String(index));
}

type Point = { readonly x: number; readonly y: number };

async function pictureBox() {
  const box = await app.page.locator('.picture').boundingBox();
  if (box === null) {
    throw new Error('there is no picture');
  }
  return box;
}

async function drag(from: Point, to: Point): Promise<void> {
  const { mouse } = app.page;
  const box = await pictureBox();
  const at = ({ x, y }: Point) => [box.x + x * box.width, box.y + y * box.height] as const;
  await mouse.move(...at(from));
  await mouse.down();
  await mouse.move(...at(to), { steps: 4 });
  await mouse.up();
}

/** Middle of the mask's handles, in pixels of the picture as it is shown. */
async function maskCentre(): Promise<Point> {
  const box = await pictureBox();
  const middleOf = async (name: string): Promise<Point> => {
    const grip = await app.page.getByRole('button', { name, exact: true }).boundingBox();
    expect(grip).not.toBeNull();
    const { x, y, width, height } = grip ?? { x: 0, y: 0, width: 0, height: 0 };
    return { x: x + width / 2 - box.x, y: y + height / 2 - box.y };
  };
  const [left, right] = [await middleOf('Left edge'), await middleOf('Right edge')];
  const [upper, lower] = [await middleOf('Upper edge'), await middleOf('Lower edge')];
  expect(right.x).toBeGreaterThan(left.x + 20);
  return { x: (left.x + right.x) / 2, y: (upper.y + lower.y) / 2 };
}

/** Middle of all that is as yellow as the sun, in the same pixels: what a person sees of the source alone. */
async function sunCentre(): Promise<Point> {
  await app.page.locator('#viewer').focus();
  await app.page.keyboard.down('\\');
  const shot = await app.page.locator('.picture').screenshot();
  await app.page.keyboard.up('\\');
  const { data, width, height, channels } = decode(shot);
  let [sumX, sumY, count] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const isNear = [246, 210, 74].every((level, i) => Math.abs((data[at + i] ?? 0) - level) < 18);
      sumX += isNear ? x : 0;
      sumY += isNear ? y : 0;
      count += isNear ? 1 : 0;
    }
  }
  expect(count).toBeGreaterThan(1000);
  return { x: sumX / count, y: sumY / count };
}

/** In pixels of the clip. */
async function distanceToSun(): Promise<number> {
  const [mask, sun] = [await maskCentre(), await sunCentre()];
  const { width } = await pictureBox();
  return (Math.hypot(mask.x - sun.x, mask.y - sun.y) * CLIP.width) / width;
}

/** What the project holds, taken out of it as a file: hashes of the document and of the list of its results. */
async function savedState(): Promise<State> {
  const { page } = app;
  await page.getByRole('button', { name: 'Projects', exact: true }).click();
  await page.getByRole('button', { name: /^Export .* as a file$/ }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export and download' }).click();
  const path = join(folder, 'state.deltacut');
  await (await downloading).saveAs(path);
  for (let times = 0; times < 3 && (await page.getByRole('dialog').count()) > 0; times++) {
    await press('Escape');
  }
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const { text } = await ProjectFile.open(new Blob([await readFile(path)]));
  const { project, results } = parseSaved(text);
  const hash = (content: string) => createHash('sha256').update(content).digest('hex');
  return { document: hash(serialiseProject(project)), results: hash(JSON.stringify(results)) };
}

async function chooseSpan([from, to]: readonly [number, number]): Promise<void> {
  await goTo(from);
  await press('i');
  await goTo(to - 1);
  await press('o');
}

async function runPrompt(words: string, frames: number): Promise<void> {
  await prompt().fill(words);
  await press('Enter');
  await waitForFrames(app.page, words, EDIT_MS);
  await app.page.getByText(`All ${frames} frames edited.`).waitFor();
  // What runs comes to an end first; then the edit is let go.
  await app.page.getByRole('button', { name: 'Jobs', exact: true }).waitFor();
}

/** The names on the buttons that undo and redo; null where one has nothing to do. */
async function historyEnds(): Promise<{ undo: string | null; redo: string | null }> {
  const names = await app.page
    .getByRole('group', { name: 'History' })
    .getByRole('button')
    .evaluateAll((buttons) => buttons.map((one) => one.getAttribute('aria-label') ?? ''));
  const after = (start: string) =>
    names.find((name) => name.startsWith(start))?.slice(start.length) ?? null;
  return { undo: after('Undo: '), redo: after('Redo: ') };
}

/** Goes to an end of the history, key by key; the names of the steps in the order they were taken. */
async function goToEnd(which: 'undo' | 'redo'): Promise<string[]> {
  const names: string[] = [];
  await app.page.locator('#viewer').focus();
  for (let now = await historyEnds(); now[which] !== null; now = await historyEnds()) {
    names.push(now[which]);
    await press(which === 'undo' ? 'Control+z' : 'Control+Shift+z');
    await expect.poll(historyEnds).not.toEqual(now);
  }
  return names;
}

/** Which of the edits a place shows. Night leaves some of the sun's yellow; of what was grey before it makes blue. */
function lookOf(was: Colour | undefined, now: Colour): Look | 'something else' {
  const luma = now.luma / (was?.luma ?? NaN);
  const chroma = now.chroma / (was?.chroma ?? NaN);
  const warmth = now.red - now.blue;
  const off = [now.luma - (was?.luma ?? NaN), now.chroma - (was?.chroma ?? NaN)];
  if (off.every((levels) => Math.abs(levels) < CODED)) {
    return 'none';
  }
  if (chroma < 0.3 && luma > 0.75) {
    return 'grey';
  }
  if (luma < 0.75 && Math.abs(warmth) > 5) {
    return warmth > 0 ? 'night' : 'both';
  }
  return 'something else';
}

describe('a cut clip with two masked edits', { timeout: 2_400_000 }, () => {
  it('is cut, and the gap closes', async () => {
    const { page } = app;
    await dropBytes(page, [{ name: 'sun.mp4', type: 'video/mp4', base64: source }]);
    await prompt().waitFor();
    await picture('dropped');
    states.begin = await savedState();
    await goTo(CUT[0]);
    await press('s');
    await playhead().focus();
    await press('ArrowRight', GONE);
    await press('s');
    const pieces = page.getByRole('group', { name: 'Pieces' }).getByRole('button');
    await expect.poll(() => pieces.count()).toBe(3);
    await pieces.nth(1).click();
    await press('Shift+Delete');
    await expect.poll(() => pieces.count()).toBe(2);
    expect(await playhead().getAttribute('aria-valuemax')).toBe(String(CLIP.frames - GONE - 1));
  });

  it('gets a first edit inside a rectangle', async () => {
    const { page } = app;
    await chooseSpan(GREY);
    await page.locator('#viewer').focus();
    await press('m');
    await press('r');
    await page.getByRole('application').waitFor();
    await drag({ x: 0.08, y: 0.08 }, { x: 0.5, y: 0.95 });
    await page.getByRole('button', { name: 'Mask: rectangle' }).waitFor();
    await runPrompt('make it black and white', GREY[1] - GREY[0]);
    expect(await engineCalls(page, 'edit')).toBe(1);
    await picture('first edit');
  });

  it('gets a second one inside an ellipse that follows the sun between its keyframes', async () => {
    const { page } = app;
    await page.locator('#viewer').focus();
    // Lets go of the shape, then of the edit: what is drawn next is for the next one.
    await press('Escape', 2);
    await page.getByRole('button', { name: 'Mask: whole frame' }).waitFor();
    await chooseSpan(NIGHT);
    await goTo(NIGHT[0]);
    await page.locator('#viewer').focus();
    await press('m');
    await press('o');
    await page.getByRole('application').waitFor();
    const [height, width] = [0.24, (0.24 * CLIP.height) / CLIP.width];
    const begin = sunOf(NIGHT[0]);
    await drag(
      { x: begin.x - width, y: begin.y - height },
      { x: begin.x + width, y: begin.y + height },
    );
    await page.getByRole('button', { name: 'Mask: ellipse' }).waitFor();
    for (const [before, frame] of [
      [12, 15],
      [15, 18],
    ] as const) {
      await goTo(frame);
      await page.locator('#viewer').focus();
      await press('Alt+n');
      await drag(sunOf(before), sunOf(frame));
    }
    for (const frame of [...KEYED, ...BETWEEN]) {
      await goTo(frame);
      await expect.poll(distanceToSun, { timeout: 30_000 }).toBeLessThan(MOST_AWAY);
    }
    await picture('following');
    await runPrompt('make it night', NIGHT[1] - NIGHT[0]);
    const amount = page.getByRole('textbox', { name: 'Amount, as a number' });
    await amount.fill('90');
    await amount.press('Enter');
    const feather = page.getByRole('textbox', { name: 'Feather, as a number' });
    await feather.fill('3');
    await feather.press('Enter');
    await expect.poll(() => feather.inputValue()).toBe('3 %');
    // Both are applied when shown.
    await page.getByText(`All ${NIGHT[1] - NIGHT[0]} frames edited.`).waitFor();
    await picture('both edits');
  });

  it('comes back whole after everything was undone and done again, and nothing is computed', async () => {
    const { page } = app;
    states.end = await savedState();
    const [calls, previews] = [await engineCalls(page, 'edit'), await storedPictures(page)];
    expect(calls).toBe(2);
    const undone = await goToEnd('undo');
    expect(undone).toEqual([
      'Change mask feather',
      'Change amount',
      'Edit “make it night”',
      'Edit “make it black and white”',
      'Delete piece',
      'Split',
      'Split',
    ]);
    expect(await savedState()).toMatchObject({ document: states.begin.document });
    await picture('undone');
    const redone = await goToEnd('redo');
    expect(redone).toEqual(undone.toReversed());
    expect(await savedState()).toEqual(states.end);
    for (const [words, frames] of [
      ['make it black and white', GREY[1] - GREY[0]],
      ['make it night', NIGHT[1] - NIGHT[0]],
    ] as const) {
      await page
        .getByRole('button', {
          name: new RegExp(`^Edit “${words}”, .*, ${frames} of ${frames} frames edited$`),
        })
        .waitFor();
    }
    expect(await engineCalls(page, 'edit')).toBe(calls);
    expect(await storedPictures(page)).toEqual(previews);
    expect(app.problems).toEqual([]);
  });

  it('is exported with its frames, its length, its sound, and each mask where it belongs', async () => {
    const path = join(folder, 'journey.webm');
    await (await exportAs(app.page, 'WebM')).saveAs(path);
    const before = join(folder, 'sun.mp4');
    await writeFile(before, source, 'base64');
    const see = async (file: string, places: readonly Place[]): Promise<SeenPlaces> =>
      await harness.call(MODULE, 'seePlaces', await harness.provideFile(file), places);
    const after = await see(
      path,
      PLACES.map((place) => ({ ...place, frame: place.frame - GONE })),
    );
    const original = await see(before, PLACES);
    expect([after.info.width, after.info.height]).toEqual([CLIP.width, CLIP.height]);
    expect(after.times).toHaveLength(CLIP.frames - GONE);
    after.times.forEach((time, index) => {
      expect(Math.abs(time - (index * 1e6) / CLIP.frameRate)).toBeLessThan(1_000);
    });
    const seconds = (CLIP.frames - GONE) / CLIP.frameRate;
    expect(Math.abs(after.info.duration / 1e6 - seconds)).toBeLessThan(0.03);
    const gap = GONE / CLIP.frameRate;
    expect(after.onsets).toHaveLength(2);
    [0.1, 1.5 - gap].forEach((onset, index) => {
      expect(Math.abs((after.onsets[index] ?? 0) - onset)).toBeLessThan(0.025);
    });
    const looks = after.colours.map((now, index) => lookOf(original.colours[index], now));
    expect(looks).toEqual(PLACES.map(({ inside }) => inside));
    expect(app.problems).toEqual([]);
  });
});
