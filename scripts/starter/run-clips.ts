import { join } from 'node:path';
import {
  compareSteadiness,
  type SteadinessPair,
  type WarpError,
} from '../../src/diffusion/metrics/warp-error.ts';
import type { Manifest } from '../../src/models/manifest.ts';
import type { AttentionMode, EditSettings } from '../../src/project/document.ts';
import { measureWarpError } from '../evaluate/warp-error.ts';
import type { ClipsPage, ShownFrame } from './clips-page.ts';
import { mean } from './pixels.ts';

type SteadyGroup = 'colour' | 'style';

export type SteadyPrompt = { readonly group: SteadyGroup; readonly prompt: string };

/** What steadiness is measured on: clips of one shape, so that the model is loaded once (a dog, a car, a person); all move from the start. */
export const STEADY_CLIPS: readonly string[] = [
  'dog-park-720p.mp4',
  'car-park.mp4',
  'person-10fps.mp4',
];
export const STEADY_PROMPTS: readonly SteadyPrompt[] = [
  { group: 'colour', prompt: 'at midnight' },
  { group: 'colour', prompt: 'it should be snowing here' },
  { group: 'style', prompt: 'draw this with a pencil' },
  { group: 'style', prompt: 'thick brush strokes on canvas' },
];
const SPEED_CLIP = 'bunny-20s-480p.mp4';
const ANCHORS = 4;

export type SteadyRow = {
  readonly clip: string;
  readonly prompt: string;
  readonly group: SteadyGroup;
  readonly swap: Pick<WarpError, 'source' | 'edited' | 'ratio' | 'excess'>;
  readonly independent: Pick<WarpError, 'edited' | 'ratio' | 'excess'>;
};

export type SteadyReport = {
  readonly rows: readonly SteadyRow[];
  /** Mean of the rows' warp errors, edit over source. */
  readonly colour: number;
  readonly style: number;
  /** 1 - (excess of swap) / (excess of independent) over the rows that count; null where none does. */
  readonly reduction: number | null;
};

export type ClipOptions = {
  /** Folder of the clips. */
  readonly folder: string;
  readonly model: string;
  readonly manifest: Manifest;
  readonly seed: number;
  readonly size: number;
  readonly frames: number;
  readonly onProgress: (what: string) => void;
};

function settingsOf(options: ClipOptions, steps: number, mode: AttentionMode): EditSettings {
  const { model, seed, size } = options;
  return { model, seed, steps, strength: 1, size, anchors: ANCHORS, mode };
}

/** How much less steady than their sources edited clips are, and than frames edited one by one. */
export async function measureSteadiness(
  page: ClipsPage,
  options: ClipOptions,
  clips: readonly string[],
  prompts: readonly SteadyPrompt[],
): Promise<SteadyReport> {
  const rows: SteadyRow[] = [];
  const total = clips.length * prompts.length;
  for (const clip of clips) {
    for (const { group, prompt } of prompts) {
      options.onProgress(`steadiness, ${rows.length + 1} of ${total}: ${clip}, “${prompt}”`);
      const swap = await warpErrorOf(page, options, clip, prompt, 'swap');
      const independent = await warpErrorOf(page, options, clip, prompt, 'independent');
      rows.push({ clip, prompt, group, swap, independent });
    }
  }
  const ratioOf = (group: SteadyGroup): number =>
    mean(rows.filter((row) => row.group === group).map(({ swap }) => swap.ratio));
  const pairs: SteadinessPair[] = rows.map(({ swap, independent }) => ({
    edited: swap,
    independent,
  }));
  const { reduction } = compareSteadiness(pairs);
  return { rows, colour: ratioOf('colour'), style: ratioOf('style'), reduction };
}

async function warpErrorOf(
  page: ClipsPage,
  options: ClipOptions,
  clip: string,
  prompt: string,
  mode: AttentionMode,
): Promise<SteadyRow['swap']> {
  const { frames, manifest, folder } = options;
  const settings = settingsOf(options, manifest.scheduler.steps, mode);
  await page.edit(join(folder, clip), { prompt, frames, settings });
  const shown: ShownFrame[] = [];
  for (let index = 0; index < frames; index++) {
    shown.push(await page.shownFrame(index));
  }
  const { source, edited, ratio, excess } = await measureWarpError(
    shown.map((frame) => frame.source),
    shown.map((frame) => frame.edited),
  );
  return { source, edited, ratio, excess };
}

/** Edited frames per second, from the first frame read to the last picture stored; the model is loaded before. */
export async function measureSpeed(
  page: ClipsPage,
  options: ClipOptions,
  steps: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const path = join(options.folder, SPEED_CLIP);
  const warm = settingsOf(options, 1, 'swap');
  await page.edit(path, { prompt: 'before the clock runs', frames: ANCHORS, settings: warm });
  const speeds = new Map<number, number>();
  for (const count of steps) {
    options.onProgress(`speed with ${count} steps`);
    // The decoded sources are shared by all edits: kept, they would be missing in the time.
    await page.forget();
    const settings = settingsOf(options, count, 'swap');
    const { frames } = options;
    const edit = { prompt: 'at midnight', frames, settings };
    const { edited, seconds, stages } = await page.edit(path, edit);
    speeds.set(count, edited / (seconds - stages.load));
  }
  return speeds;
}
