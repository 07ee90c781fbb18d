import { access, constants, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, toAppError } from '../src/base/error.ts';
import type { JobEvent } from '../src/protocol/engine.ts';
import type { HeadlessResult } from '../src/protocol/headless.ts';
import { unknownEditWarning, type Warning } from '../src/protocol/prompt-reading.ts';
import { toProject } from './edit/document.ts';
import { findModel, type EditModel } from './edit/model.ts';
import { parseEditOptions, USAGE, type EditOptions } from './edit/options.ts';
import { ProgressBar } from './edit/progress.ts';
import { EngineSession } from './edit/session.ts';
import { asksForHelp } from './command-line.ts';

/** Wrong use (exit code 2) as against a job that fell short (exit code 1). */
const USAGE_CODES: readonly string[] = [
  'cli/usage',
  'cli/output',
  'prompt/empty',
  'edit/bad-setting',
];

async function checkPaths(options: EditOptions): Promise<void> {
  const input = await stat(options.input).catch(() => null);
  if (input === null) {
    throw new AppError('cli/usage', `There is no file ${options.input}.`);
  }
  if (!input.isFile()) {
    throw new AppError('cli/usage', `${options.input} is not a file.`);
  }
  await access(options.input, constants.R_OK).catch((cause: unknown) => {
    throw new AppError('cli/usage', `${options.input} may not be read.`, { cause });
  });
  const folder = dirname(options.output);
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new AppError('cli/output', `The folder ${folder} does not exist or may not be written.`, {
      cause,
    });
  });
  const existing = await stat(options.output).catch(() => null);
  if (existing?.isDirectory() === true) {
    throw new AppError('cli/output', `${options.output} is a folder.`);
  }
  if (options.framesDir !== null) {
    await mkdir(options.framesDir, { recursive: true }).catch((cause: unknown) => {
      throw new AppError('cli/output', `The folder ${options.framesDir ?? ''} can’t be made.`, {
        cause,
      });
    });
  }
}

function summaryOf(
  options: EditOptions,
  model: EditModel,
  session: EngineSession,
  result: HeadlessResult,
  warnings: readonly Warning[],
  seconds: number,
) {
  const editing = result.edit.seconds - result.edit.stages.load;
  return {
    ok: true,
    runtime: session.runtime.kind,
    model: model.manifest.id,
    seed: options.seed,
    frames: result.export.frames,
    edited: result.edit.edited,
    seconds,
    fps: editing > 0 ? result.edit.edited / editing : 0,
    firstFrameSeconds: result.edit.firstFrameSeconds,
    stages: result.edit.stages,
    warnings,
    out: {
      path: options.output,
      frames: result.export.frames,
      duration: result.export.duration,
      width: result.export.width,
      height: result.export.height,
      video: result.export.video,
      audio: result.export.audio,
    },
  };
}

async function runJob(
  options: EditOptions,
  bar: ProgressBar,
): Promise<ReturnType<typeof summaryOf>> {
  await checkPaths(options);
  if (options.prompt.trim() === '') {
    throw new AppError('prompt/empty');
  }
  const model = await findModel(options);
  const project = toProject(options, model);
  const started = performance.now();
  const warnings: Warning[] = [];
  const onEvent = (event: JobEvent): void => {
    if (event.kind === 'progress') {
      bar.show(event.progress);
    } else if (event.kind === 'notice') {
      bar.say(event.text);
    } else if (event.kind === 'reading') {
      const warning = unknownEditWarning(event.reading, options.prompt);
      // A run that starts over on a new GPU says it again.
      if (warning !== null && warnings.every(({ message }) => message !== warning.message)) {
        warnings.push(warning);
        bar.say(`${warning.message} (${warning.code})`);
      }
    }
  };
  const session = await EngineSession.open({
    input: options.input,
    runtime: options.runtime,
    framesDir: options.framesDir,
    ...(model.folder === null ? {} : { package: { id: model.manifest.id, folder: model.folder } }),
    onEvent,
  });
  const partial = join(dirname(options.output), `.${basename(options.output)}.${process.pid}.part`);
  try {
    const result = await session.run({
      project,
      container: options.container,
      wantFrames: options.framesDir !== null,
    });
    for (const notice of result.export.notices) {
      bar.say(notice);
    }
    await writeOutput(session, partial, options.output);
    return summaryOf(
      options,
      model,
      session,
      result,
      warnings,
      (performance.now() - started) / 1000,
    );
  } finally {
    bar.clear();
    await session.close();
    await rm(partial, { force: true });
  }
}

/** Beside the output first, so that the last step is a rename: an old file stays whole if anything fails. */
async function writeOutput(session: EngineSession, partial: string, output: string): Promise<void> {
  try {
    await session.save(partial);
    await rename(partial, output);
  } catch (error) {
    throw toAppError(error, 'cli/output');
  }
}

/** `npm run edit`: exit code 0 done, 1 it ran and fell short, 2 wrong use. Errors are one line on stderr. */
export async function main(args: readonly string[], cwd: string): Promise<number> {
  if (asksForHelp(args)) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const bar = new ProgressBar();
  const wantsJson = args.includes('--json');
  try {
    const options = parseEditOptions(args, cwd);
    const summary = await runJob(options, bar);
    process.stderr.write(
      `${summary.edited} of ${summary.frames} frames edited in ${summary.seconds.toFixed(1)} s ` +
        `(${summary.fps.toFixed(2)} frames/s, ${summary.runtime}), seed ${summary.seed}: ${options.output}\n`,
    );
    if (options.json) {
      process.stdout.write(`${JSON.stringify(summary)}\n`);
    }
    return 0;
  } catch (error) {
    const known = toAppError(error, 'engine/crashed');
    bar.clear();
    process.stderr.write(`${known.message} (${known.code})\n`);
    if (wantsJson) {
      process.stdout.write(
        `${JSON.stringify({ ok: false, code: known.code, message: known.message })}\n`,
      );
    }
    return USAGE_CODES.includes(known.code) ? 2 : 1;
  }
}
