import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SheetRow } from '../e2e/browser/starter.ts';
import { measureGflops, STATED_GFLOPS } from '../bench/gflops.ts';
import { toAppError } from '../src/base/error.ts';
import { parseManifest, type Manifest } from '../src/models/manifest.ts';
import { ClipsPage } from './starter/clips-page.ts';
import { choosePhotos, readDataset } from './starter/dataset.ts';
import { parseStarterOptions, type StarterOptions } from './starter/options.ts';
import {
  editTable,
  missedBars,
  summarise,
  summaryTable,
  type Figures,
  type PictureFigures,
} from './starter/report.ts';
import {
  measureSpeed,
  measureSteadiness,
  STEADY_CLIPS,
  STEADY_PROMPTS,
} from './starter/run-clips.ts';
import { PicturesRun } from './starter/run-pictures.ts';
import { StarterPage } from './starter/starter-page.ts';
import { ROOT } from './steps.ts';

const MODEL = 'starter';
const FOLDER = `${ROOT}/public/models/${MODEL}`;
/** Both that the starter is judged at. */
const STEPS = [4, 2] as const;
const SPEED_FRAMES = 96;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function timedSayer(): (what: string) => void {
  const started = performance.now();
  return (what) => {
    say(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${what}`);
  };
}

/** Columns of a sheet after the source and the target; the package's own number of steps first. */
function stepsOf(manifest: Manifest): number[] {
  return [...new Set([manifest.scheduler.steps, ...STEPS])];
}

async function evaluatePictures(
  options: StarterOptions,
  manifest: Manifest,
): Promise<PictureFigures> {
  const { seed, edits, out } = options;
  const { stride } = manifest;
  const size = options.size ?? manifest.defaultSize;
  const data = await readDataset(options.data, { size, stride, seed });
  const photos = choosePhotos(data.photos, options.photos);
  const steps = stepsOf(manifest);
  const sheets = new Map<string, SheetRow[]>();
  const page = await StarterPage.open();
  try {
    const run = new PicturesRun(page, data, {
      model: MODEL,
      manifest,
      edits,
      steps,
      seed,
      onProgress: timedSayer(),
      onRow: (edit, row) => {
        if (out !== null) {
          sheets.set(edit, [...(sheets.get(edit) ?? []), row]);
        }
      },
    });
    const report = await run.run(photos);
    const titles = ['source', 'target', ...steps.map((count) => `${count} steps`)];
    for (const [edit, rows] of sheets) {
      await writeFile(join(out ?? '', `${edit}.png`), await page.drawSheet(titles, rows));
    }
    const figures = summarise(report, edits, steps);
    process.stdout.write(`${editTable(figures, steps).join('\n')}\n\n`);
    return figures;
  } finally {
    await page.close();
  }
}

async function evaluateClips(
  options: StarterOptions,
  manifest: Manifest,
  gflops: number,
): Promise<Pick<Figures, 'steady' | 'fps' | 'fpsScaled'>> {
  const { parts, seed, clips: folder } = options;
  const size = options.size ?? manifest.defaultSize;
  const common = { folder, model: MODEL, manifest, seed, size, onProgress: timedSayer() };
  const page = await ClipsPage.open();
  let figures: Pick<Figures, 'steady' | 'fps' | 'fpsScaled'> = {};
  try {
    if (parts.includes('speed')) {
      const run = { ...common, frames: SPEED_FRAMES };
      const speeds = await measureSpeed(page, run, STEPS);
      const fps = { steps4: speeds.get(4) ?? 0, steps2: speeds.get(2) ?? 0 };
      const scale = STATED_GFLOPS / gflops;
      const fpsScaled = { steps4: fps.steps4 * scale, steps2: fps.steps2 * scale };
      figures = { fps, fpsScaled };
    }
    if (parts.includes('steady')) {
      const run = { ...common, frames: options.clipFrames };
      const { colour, style, reduction, rows } = await measureSteadiness(
        page,
        run,
        STEADY_CLIPS,
        STEADY_PROMPTS,
      );
      figures = {
        ...figures,
        steady: { colour, style, reductionVsIndependent: reduction, rows },
      };
    }
    return figures;
  } finally {
    await page.close();
  }
}

async function packageBytes(manifest: Manifest): Promise<number> {
  const { size } = await stat(`${FOLDER}/manifest.json`);
  return manifest.files.reduce((sum, { bytes }) => sum + bytes, size);
}

async function evaluate(options: StarterOptions): Promise<Figures> {
  const { parts, out } = options;
  if (out !== null) {
    await mkdir(out, { recursive: true });
  }
  const manifest = parseManifest(JSON.parse(await readFile(`${FOLDER}/manifest.json`, 'utf8')));
  const gflops = await measureGflops();
  say(`${gflops.toFixed(1)} GFLOP/s`);
  const clips =
    parts.includes('steady') || parts.includes('speed')
      ? await evaluateClips(options, manifest, gflops)
      : {};
  const pictures = parts.includes('pictures') ? await evaluatePictures(options, manifest) : {};
  return { gflops, ...pictures, ...clips, bytes: await packageBytes(manifest) };
}

/** `npm run evaluate:starter`: exit code 0 all bars reached, 1 one was missed, 2 wrong use. */
export async function main(args: readonly string[], cwd: string): Promise<number> {
  const wantsJson = args.includes('--json');
  const started = performance.now();
  try {
    const figures = await evaluate(parseStarterOptions(args, cwd));
    process.stdout.write(`${summaryTable(figures).join('\n')}\n`);
    say(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
    const missed = missedBars(figures);
    if (missed.length > 0) {
      say(`Missed: ${missed.join('; ')}.`);
    }
    if (wantsJson) {
      process.stdout.write(`${JSON.stringify({ ...figures, missed })}\n`);
    }
    return missed.length > 0 ? 1 : 0;
  } catch (error) {
    const known = toAppError(error, 'engine/crashed');
    say(`${known.message} (${known.code})`);
    if (wantsJson) {
      const { code, message } = known;
      process.stdout.write(`${JSON.stringify({ ok: false, code, message })}\n`);
    }
    return known.code === 'cli/usage' ? 2 : 1;
  }
}
