import { resolve } from 'node:path';
import { AppError } from '../../src/base/error.ts';
import { SETTING_LIMITS } from '../../src/project/limits.ts';
import type { Captions } from './clip-meter.ts';
import type { Rectangle } from './mask.ts';
import { parseWords } from '../command-line.ts';

export const USAGE = `npm run evaluate -- SOURCE EDITED [options]

  SOURCE, EDITED        videos, or folders of PNG frames (exact); of a part of a clip too, if the files are named by its
                        frame numbers, as npm run edit -- --frames-dir names them
  --mask M              what lies outside must be unchanged: x,y,w,h (fractions of the shown width and height), a PNG,
                        a folder of PNGs (one per frame) or a video (matched by time); black = keep
  --size N              the model size that the edit was made at, 64 to 1024 (default 256): warp error is measured there
  --model DIR           also CLIP's frame score: a folder with a CLIPModel in transformers' layout (vision and text)
  --prompt P            with --model: text alignment with this caption of the edit
  --source-prompt P     with both: direction from this caption of the source
  --plot FILE.html      also write the measures of each frame as a page
  --json                last line of stdout is one JSON object`;

export type EvaluateOptions = {
  readonly source: string;
  readonly edited: string;
  readonly mask: { readonly rectangle: Rectangle } | { readonly path: string } | null;
  readonly size: number;
  readonly model: string | null;
  readonly captions: Captions;
  readonly plot: string | null;
  readonly json: boolean;
};

function usage(message: string): AppError {
  return new AppError('cli/usage', message);
}

const OPTIONS = {
  mask: { type: 'string' },
  size: { type: 'string' },
  prompt: { type: 'string' },
  'source-prompt': { type: 'string' },
  model: { type: 'string' },
  plot: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Four numbers with commas are a rectangle, anything else is a path. */
function maskOption(text: string | undefined, cwd: string): EvaluateOptions['mask'] {
  if (text === undefined) {
    return null;
  }
  const parts = text.split(',');
  if (parts.length !== 4 || !parts.every((part) => part.trim() !== '' && !Number.isNaN(+part))) {
    return { path: resolve(cwd, text) };
  }
  const [x = 0, y = 0, width = 0, height = 0] = parts.map(Number);
  if (![x, y, width, height].every((side) => side >= 0 && side <= 1) || !width || !height) {
    throw usage(`--mask takes four fractions x,y,width,height from 0 to 1, not “${text}”.`);
  }
  return { rectangle: { x, y, width, height } };
}

function sizeOption(text: string | undefined): number {
  const [min, max] = SETTING_LIMITS.size;
  const size = text === undefined ? 256 : Number(text);
  if (text?.trim() === '' || !Number.isInteger(size) || size < min || size > max) {
    throw usage(`--size takes a whole number from ${min} to ${max}, not “${text ?? ''}”.`);
  }
  return size;
}

/** Options of the command line, checked. Throws `cli/usage` with one sentence. Paths become absolute below `cwd`. */
export function parseEvaluateOptions(args: readonly string[], cwd: string): EvaluateOptions {
  const { values, positionals } = parseWords(args, OPTIONS, 'See npm run evaluate -- --help.');
  const [source, edited, ...rest] = positionals;
  if (source === undefined || edited === undefined) {
    throw usage('Name the source and the edited one: npm run evaluate -- in.mp4 out.mp4');
  }
  if (rest.length > 0) {
    throw usage(`Two can be compared at a time; “${rest.join(' ')}” is too much.`);
  }
  const captions = { source: values['source-prompt'] ?? null, edited: values.prompt ?? null };
  if (values.model === undefined && (captions.source !== null || captions.edited !== null)) {
    throw usage('--prompt and --source-prompt need --model, a folder with a CLIP model.');
  }
  if (captions.source !== null && captions.edited === null) {
    throw usage('--source-prompt needs --prompt: the direction leads from one to the other.');
  }
  return {
    source: resolve(cwd, source),
    edited: resolve(cwd, edited),
    mask: maskOption(values.mask, cwd),
    size: sizeOption(values.size),
    model: values.model === undefined ? null : resolve(cwd, values.model),
    captions,
    plot: values.plot === undefined ? null : resolve(cwd, values.plot),
    json: values.json ?? false,
  };
}
