import { access, constants, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { AppError, toAppError } from '../src/base/error.ts';
import { ClipMeter } from './evaluate/clip-meter.ts';
import { openClipModel } from './evaluate/clip-model.ts';
import { movingMask, rectangleMask, stillMask, type MaskReader } from './evaluate/mask.ts';
import { matchFrames, type FramePair } from './evaluate/match.ts';
import { measure, type Compared } from './evaluate/measure.ts';
import { parseEvaluateOptions, USAGE, type EvaluateOptions } from './evaluate/options.ts';
import { plotPage } from './evaluate/plot.ts';
import { openPngFolder, readPng } from './evaluate/png-folder.ts';
import { reportJson, reportRows, reportTable } from './evaluate/report.ts';
import type { FrameSequence } from './evaluate/sequence.ts';
import { VideoBrowser } from './evaluate/video-browser.ts';
import { asksForHelp } from './command-line.ts';

/** Wrong use (exit code 2) as against a comparison that fell short (exit code 1). */
const USAGE_CODES: readonly string[] = ['cli/usage', 'cli/output'];

/** Without a terminal a line of progress is printed only this often. */
const PROGRESS_INTERVAL_MS = 5_000;

async function statOf(path: string) {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new AppError('cli/usage', `There is no file or folder ${path}.`);
  }
  return found;
}

async function checkPaths(options: EvaluateOptions): Promise<void> {
  const { source, edited, mask, model, plot } = options;
  await statOf(source);
  await statOf(edited);
  if (model !== null) {
    await statOf(model);
  }
  if (mask !== null && 'path' in mask) {
    await statOf(mask.path);
  }
  if (plot !== null) {
    await access(dirname(plot), constants.W_OK).catch((cause: unknown) => {
      throw new AppError(
        'cli/output',
        `The folder ${dirname(plot)} does not exist or may not be written.`,
        { cause },
      );
    });
  }
}

async function openFrames(path: string, videos: VideoBrowser): Promise<FrameSequence> {
  return (await statOf(path)).isDirectory() ? await openPngFolder(path) : await videos.open(path);
}

async function openMask(
  mask: NonNullable<EvaluateOptions['mask']>,
  source: FrameSequence,
  count: number,
  videos: VideoBrowser,
): Promise<MaskReader> {
  if ('rectangle' in mask) {
    return rectangleMask(mask.rectangle, source);
  }
  if (extname(mask.path).toLowerCase() === '.png') {
    return stillMask(await readPng(mask.path), source);
  }
  return movingMask(await openFrames(mask.path, videos), source, count);
}

async function* compare(
  source: FrameSequence,
  edited: FrameSequence,
  pairs: readonly FramePair[],
  mask: MaskReader | null,
): AsyncGenerator<Compared> {
  let lastSaid = performance.now();
  for (const [at, pair] of pairs.entries()) {
    const [before, after] = await Promise.all([source.read(pair.source), edited.read(pair.edited)]);
    const time = source.times?.[pair.source] ?? edited.times?.[pair.edited] ?? null;
    yield { source: before, edited: after, mask: mask === null ? null : await mask(at, time) };
    if (performance.now() - lastSaid > PROGRESS_INTERVAL_MS) {
      lastSaid = performance.now();
      process.stderr.write(`${at + 1} of ${pairs.length} frames\n`);
    }
  }
}

async function evaluate(options: EvaluateOptions, videos: VideoBrowser) {
  const source = await openFrames(options.source, videos);
  const edited = await openFrames(options.edited, videos);
  const pairs = matchFrames(source, edited);
  const mask =
    options.mask === null ? null : await openMask(options.mask, source, pairs.length, videos);
  const clip = options.model === null ? null : await openClipModel(options.model);
  try {
    const meter = clip === null ? null : new ClipMeter(clip, options.captions);
    return await measure(compare(source, edited, pairs, mask), options.size, meter);
  } finally {
    await clip?.dispose();
  }
}

/** `npm run evaluate`: exit code 0 done, 1 it ran and fell short, 2 wrong use. Errors are one line on stderr. */
export async function main(args: readonly string[], cwd: string): Promise<number> {
  if (asksForHelp(args)) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const videos = new VideoBrowser();
  try {
    const options = parseEvaluateOptions(args, cwd);
    await checkPaths(options);
    const measures = await evaluate(options, videos);
    const rows = reportRows(measures, options.size);
    process.stdout.write(reportTable(rows));
    if (options.plot !== null) {
      const names = { source: basename(options.source), edited: basename(options.edited) };
      await writeFile(options.plot, plotPage(names, measures, rows)).catch((cause: unknown) => {
        throw toAppError(cause, 'cli/output');
      });
    }
    if (options.json) {
      process.stdout.write(`${JSON.stringify(reportJson(measures, options.size))}\n`);
    }
    return 0;
  } catch (error) {
    const known = toAppError(error, 'engine/crashed');
    process.stderr.write(`${known.message} (${known.code})\n`);
    if (args.includes('--json')) {
      process.stdout.write(
        `${JSON.stringify({ ok: false, code: known.code, message: known.message })}\n`,
      );
    }
    return USAGE_CODES.includes(known.code) ? 2 : 1;
  } finally {
    await videos.close();
  }
}
