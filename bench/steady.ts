import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SteadyOptions } from '../scripts/bench/options.ts';
import {
  casesOf,
  compareMode,
  RowFile,
  steadyTable,
  type SteadyKey,
  type SteadyRow,
} from '../scripts/bench/steady-rows.ts';
import { measureWarpError } from '../scripts/evaluate/warp-error.ts';
import { ClipsPage, type ShownFrame } from '../scripts/starter/clips-page.ts';
import { ROOT } from '../scripts/steps.ts';
import { AppError } from '../src/base/error.ts';
import { sha256 } from '../src/base/hash.ts';
import { parseManifest } from '../src/models/manifest.ts';
import type { Figures, Print } from './benchmark.ts';

const MODEL = 'starter';
const ANCHORS = 4;
const SEED = 1;
/** How far the excess of mode `swap` must lie below that of `independent`. */
const LEAST_REDUCTION = 0.4;

/** All of one shape but one, so that the model is loaded twice: a dog, cars, a cartoon, a kettle, hands, a tall picture. */
const CLIPS = [
  'dog-park-720p.mp4',
  'car-park.mp4',
  'bunny-20s-480p.mp4',
  'coffee-vfr.mp4',
  'cups-av1.mp4',
  'juggle-portrait-rotated.mp4',
] as const;
const PROMPTS = [
  'at midnight',
  'draw this with a pencil',
  'it should be snowing here',
  'thick brush strokes on canvas',
] as const;

type Edit = Pick<SteadyRow, 'clip' | 'prompt' | 'mode'>;

async function keyOf(options: SteadyOptions): Promise<SteadyKey> {
  const text = await readFile(join(ROOT, 'public/models', MODEL, 'manifest.json'));
  const { scheduler } = parseManifest(JSON.parse(text.toString()));
  return {
    model: await sha256(new Uint8Array(text)),
    frames: options.frames,
    size: options.size,
    steps: scheduler.steps,
    anchors: ANCHORS,
    seed: SEED,
  };
}

async function measureEdit(
  page: ClipsPage,
  folder: string,
  edit: Edit,
  { frames, size, steps, anchors, seed }: SteadyKey,
): Promise<SteadyRow> {
  const { clip, prompt, mode } = edit;
  const settings = { model: MODEL, seed, steps, strength: 1, size, anchors, mode };
  await page.edit(join(folder, clip), { prompt, frames, settings });
  const shown: ShownFrame[] = [];
  for (let index = 0; index < frames; index++) {
    shown.push(await page.shownFrame(index));
  }
  const { source, edited, ratio, excess } = await measureWarpError(
    shown.map((frame) => frame.source),
    shown.map((frame) => frame.edited),
  );
  return { clip, prompt, mode, source, edited, ratio, excess };
}

/** Opens the page only where something is left to do. */
async function measureMissing(
  wanted: readonly Edit[],
  folder: string,
  key: SteadyKey,
  file: RowFile,
): Promise<void> {
  const missing = wanted.filter((edit) => !file.has(edit));
  if (missing.length === 0) {
    return;
  }
  const page = await ClipsPage.open();
  try {
    for (const [i, edit] of missing.entries()) {
      const { clip, prompt, mode } = edit;
      process.stderr.write(`${i + 1} of ${missing.length}: ${clip}, “${prompt}”, ${mode}\n`);
      await file.add(await measureEdit(page, folder, edit, key));
    }
  } finally {
    await page.close();
  }
}

const percent = (value: number | null): string =>
  value === null ? 'unknown' : `${(value * 100).toFixed(1)} %`;

const figure = (value: number | null): string => (value === null ? 'unknown' : value.toFixed(3));

/**
 * The starter's edits of real clips in several modes: what each adds to the warp error of its source. Every finished
 * edit is written down, so a run of hours may be stopped and called again.
 */
export async function benchSteady(print: Print, options: SteadyOptions): Promise<Figures> {
  const { folder, modes } = options;
  const clips = CLIPS.slice(0, options.clips);
  const lacking = clips.filter((clip) => !existsSync(join(folder, clip)));
  if (lacking.length > 0) {
    throw new AppError('cli/usage', `${folder} has no ${lacking.join(', ')}.`);
  }
  const key = await keyOf(options);
  const file = await RowFile.open(options.resume, key);
  const wanted = clips.flatMap((clip) =>
    PROMPTS.slice(0, options.prompts).flatMap((prompt) =>
      modes.map((mode) => ({ clip, prompt, mode })),
    ),
  );
  await measureMissing(wanted, folder, key, file);
  const rows = wanted.flatMap((edit) =>
    file.rows.filter(
      (row) => row.clip === edit.clip && row.prompt === edit.prompt && row.mode === edit.mode,
    ),
  );
  steadyTable(rows, modes).forEach((line) => print(line));
  const comparison = compareMode(rows, 'swap');
  const { belowIndependent, excess, firstExcess, counted } = comparison;
  print(
    `over ${counted} of ${casesOf(rows).length} clips and prompts swap's excess lies ${percent(belowIndependent)} ` +
      `below independent's; its mean is ${figure(excess)}, that of first ${figure(firstExcess)}`,
  );
  const missed: string[] = [];
  if (counted === 0) {
    missed.push('no independent edit was unsteady enough to compare with');
  }
  if (belowIndependent !== null && belowIndependent < LEAST_REDUCTION) {
    missed.push(`swap is ${percent(belowIndependent)} steadier than independent, not 40 %`);
  }
  if (excess !== null && firstExcess !== null && excess >= firstExcess) {
    missed.push('swap is not steadier than first');
  }
  return { key, rows, comparison, missed };
}
