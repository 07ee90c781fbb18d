import { extname, resolve } from 'node:path';
import type { AttentionMode } from '../../src/project/document.ts';
import { ATTENTION_MODES, SETTING_LIMITS } from '../../src/project/limits.ts';
import type { RuntimeChoice } from '../../src/protocol/engine.ts';
import { AppError } from '../../src/base/error.ts';
import { parseWords } from '../command-line.ts';

export const USAGE = `npm run edit -- IN --prompt P -o OUT [options]

  --prompt P            what should change: "make it night"
  -o, --out OUT         .mp4 or .webm
  --full-caption        the prompt describes the whole result, not only the change
  --negative N          what to avoid (models with guidance)
  --mask x,y,w,h        edit only this rectangle (fractions of the shown width and height)
  --from S --to S       edit only this span, in seconds from the first shown frame
  --seed N              same seed, same frames (default 1)
  --steps N             1 to 100 (default: the model's)
  --strength X          0 to 1: where sampling starts (default 1)
  --amount X            0 to 1: blend of the result over the source (default 1)
  --size N              the model works on about N x N pixels, 64 to 1024 (default: the model's)
  --anchors G           1 to 16 frames that all frames look at (default 4)
  --mode M              swap | own+anchors | first | previous+first | independent (default swap)
  --model ID or DIR     model package: one beside the app, or the folder that npm run compile made (default starter)
  --runtime R           webgpu | cpu (default: the GPU if there is a real one)
  --frames-dir DIR      also write the composited frames of the span as PNG
  --json                last line of stdout is one JSON object`;

export type EditOptions = {
  readonly input: string;
  readonly output: string;
  readonly container: 'mp4' | 'webm';
  readonly prompt: string;
  readonly fullCaption: boolean;
  readonly negative: string;
  readonly mask: { x: number; y: number; width: number; height: number } | null;
  readonly from: number;
  /** Infinity: to the end. */
  readonly to: number;
  readonly seed: number;
  readonly steps: number | null;
  readonly strength: number;
  readonly amount: number;
  readonly size: number | null;
  readonly anchors: number;
  readonly mode: AttentionMode;
  /** As typed, and as a folder: what it is is decided where it is looked up. */
  readonly model: { readonly name: string; readonly path: string };
  readonly runtime: RuntimeChoice;
  readonly framesDir: string | null;
  readonly json: boolean;
};

function usage(message: string): AppError {
  return new AppError('cli/usage', message);
}

type Range = { readonly min: number; readonly max: number; readonly integer?: boolean };

function numberOption(name: string, text: string | undefined, range: Range): number | null {
  if (text === undefined) {
    return null;
  }
  const value = Number(text);
  const isWhole = range.integer !== true || Number.isInteger(value);
  if (text.trim() === '' || !(value >= range.min && value <= range.max) || !isWhole) {
    const kind = range.integer === true ? 'a whole number' : 'a number';
    const limits =
      range.max === Number.MAX_SAFE_INTEGER
        ? `from ${range.min}`
        : `from ${range.min} to ${range.max}`;
    throw usage(`--${name} takes ${kind} ${limits}, not “${text}”.`);
  }
  return value;
}

/** A whole number within what the document holds. */
function settingOption(
  name: 'seed' | 'steps' | 'size' | 'anchors',
  text: string | undefined,
): number | null {
  const [min, max] = SETTING_LIMITS[name];
  return numberOption(name, text, { min, max, integer: true });
}

function strengthOption(text: string | undefined): number {
  const [min, max] = SETTING_LIMITS.strength;
  const strength = numberOption('strength', text, { min, max }) ?? 1;
  if (strength === 0) {
    throw usage('--strength must be above 0: at 0 no step is run.');
  }
  return strength;
}

function choiceOption<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) {
    throw usage(`--${name} takes ${choices.join(', ')}, not “${text}”.`);
  }
  return found;
}

function maskOption(text: string | undefined): EditOptions['mask'] {
  if (text === undefined) {
    return null;
  }
  const parts = text.split(',').map(Number);
  const [x, y, width, height] = parts;
  const isRectangle =
    parts.length === 4 && parts.every((part) => Number.isFinite(part) && part >= 0 && part <= 1);
  if (!isRectangle || x === undefined || y === undefined || !width || !height) {
    throw usage(`--mask takes four fractions x,y,width,height from 0 to 1, not “${text}”.`);
  }
  return { x, y, width, height };
}

const OPTIONS = {
  prompt: { type: 'string' },
  out: { type: 'string', short: 'o' },
  'full-caption': { type: 'boolean' },
  negative: { type: 'string' },
  mask: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  seed: { type: 'string' },
  steps: { type: 'string' },
  strength: { type: 'string' },
  amount: { type: 'string' },
  size: { type: 'string' },
  anchors: { type: 'string' },
  mode: { type: 'string' },
  model: { type: 'string' },
  runtime: { type: 'string' },
  'frames-dir': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Options of the command line, checked. Throws `cli/usage` with one sentence. Paths become absolute below `cwd`. */
export function parseEditOptions(args: readonly string[], cwd: string): EditOptions {
  const { values, positionals } = parseWords(args, OPTIONS, 'See npm run edit -- --help.');
  const [input, ...rest] = positionals;
  if (input === undefined) {
    throw usage(
      'Name the video to edit: npm run edit -- in.mp4 --prompt "make it night" -o out.mp4',
    );
  }
  if (rest.length > 0) {
    throw usage(`Only one video can be edited at a time; “${rest.join(' ')}” is too much.`);
  }
  if (values.out === undefined) {
    throw usage('Name the output: -o out.mp4');
  }
  const extension = extname(values.out).toLowerCase();
  if (extension !== '.mp4' && extension !== '.webm') {
    throw usage(`The output must end in .mp4 or .webm, not “${extension || values.out}”.`);
  }
  const max = Number.MAX_SAFE_INTEGER;
  const from = numberOption('from', values.from, { min: 0, max }) ?? 0;
  const to = numberOption('to', values.to, { min: 0, max }) ?? Number.POSITIVE_INFINITY;
  if (to <= from) {
    throw usage(`--to (${to}) must be later than --from (${from}).`);
  }
  return {
    input: resolve(cwd, input),
    output: resolve(cwd, values.out),
    container: extension === '.mp4' ? 'mp4' : 'webm',
    prompt: values.prompt ?? '',
    fullCaption: values['full-caption'] ?? false,
    negative: values.negative ?? '',
    mask: maskOption(values.mask),
    from,
    to,
    seed: settingOption('seed', values.seed) ?? 1,
    steps: settingOption('steps', values.steps),
    strength: strengthOption(values.strength),
    amount: numberOption('amount', values.amount, { min: 0, max: 1 }) ?? 1,
    size: settingOption('size', values.size),
    anchors: settingOption('anchors', values.anchors) ?? 4,
    mode: values.mode === undefined ? 'swap' : choiceOption('mode', values.mode, ATTENTION_MODES),
    model: { name: values.model ?? 'starter', path: resolve(cwd, values.model ?? 'starter') },
    runtime:
      values.runtime === undefined
        ? 'auto'
        : choiceOption('runtime', values.runtime, ['webgpu', 'cpu'] as const),
    framesDir: values['frames-dir'] === undefined ? null : resolve(cwd, values['frames-dir']),
    json: values.json ?? false,
  };
}
