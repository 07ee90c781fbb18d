import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../src/base/error.ts';
import { ROOT } from '../steps.ts';
import { RECIPES } from './edits/registry.ts';

const USAGE = `npm run evaluate:starter -- [options]

  --photos N      edit N held-out photos in every way (default 8)
  --only E,E      only these edits
  --parts P,P     of pictures, steady, speed (default all)
  --out DIR       also write a contact sheet per edit there, as PNG
  --size N        the model works on about N x N pixels (default: the package's size, which the bars are for)
  --seed N        for photos, wordings and noise (default 1)
  --clip-frames N frames of a clip for steadiness (default 12)
  --data DIR      held-out photos and wordings (default ../shared/training-data)
  --clips DIR     clips (default ../shared/clips)
  --json          last line of stdout is one JSON object`;

export const PARTS = ['pictures', 'steady', 'speed'] as const;
export type Part = (typeof PARTS)[number];

export type StarterOptions = {
  readonly photos: number;
  readonly edits: readonly string[];
  readonly parts: readonly Part[];
  readonly out: string | null;
  /** null: the package's own. */
  readonly size: number | null;
  readonly seed: number;
  readonly clipFrames: number;
  readonly data: string;
  readonly clips: string;
  readonly json: boolean;
};

function usage(message: string): AppError {
  return new AppError('cli/usage', `${message}\n${USAGE}`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        photos: { type: 'string', default: '8' },
        only: { type: 'string' },
        parts: { type: 'string', default: PARTS.join(',') },
        out: { type: 'string' },
        size: { type: 'string' },
        seed: { type: 'string', default: '1' },
        'clip-frames': { type: 'string', default: '12' },
        data: { type: 'string', default: `${ROOT}/../shared/training-data` },
        clips: { type: 'string', default: `${ROOT}/../shared/clips` },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw usage(`--${name} takes a whole number from ${least} to ${most}, not “${text}”.`);
  }
  return value;
}

function choices<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((word) => {
    const found = known.find((choice) => choice === word);
    if (found === undefined) {
      throw usage(`--${name} takes ${known.join(', ')}, not “${word}”.`);
    }
    return found;
  });
}

/** Throws `cli/usage`. Paths are relative to `cwd`. */
export function parseStarterOptions(args: readonly string[], cwd: string): StarterOptions {
  const values = parse(args);
  const edits = Object.keys(RECIPES);
  const folder = (name: string, path: string): string => {
    const full = resolve(cwd, path);
    if (!existsSync(full)) {
      throw usage(`There is no folder ${full} for --${name}.`);
    }
    return full;
  };
  const parts = choices('parts', values.parts, PARTS);
  const needsClips = parts.includes('steady') || parts.includes('speed');
  return {
    photos: count('photos', values.photos, 1, 100),
    edits: values.only === undefined ? edits : choices('only', values.only, edits),
    parts,
    out: values.out === undefined ? null : resolve(cwd, values.out),
    size: values.size === undefined ? null : count('size', values.size, 64, 512),
    seed: count('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    clipFrames: count('clip-frames', values['clip-frames'], 2, 96),
    data: parts.includes('pictures') ? folder('data', values.data) : values.data,
    clips: needsClips ? folder('clips', values.clips) : values.clips,
    json: values.json,
  };
}
