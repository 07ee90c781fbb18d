import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../src/base/error.ts';
import { ATTENTION_MODES, SETTING_LIMITS } from '../../src/project/limits.ts';
import type { AttentionMode } from '../../src/project/document.ts';
import type { RuntimeKind } from '../../src/protocol/engine.ts';
import { ROOT } from '../steps.ts';

export const USAGE = `npm run bench -- [edit|attention|length|compile|large|ui|steady|all] [--json]

  length: memory and time by the length of the clip
    --seconds A,B,C     lengths of the clips (default 2,20,120)
    --runtime R         webgpu | cpu (default: both, one after the other)
    --size N            the model works on about N x N pixels (default 64)
  large (not part of all): two frames with a model of Stable Diffusion 1.5's size, on the processor
    --size N            (default 512)
    --folder DIR        where the model is made, and found again (default: made anew and removed)
  steady (not part of all): how much steadier the modes are than frames edited one by one
    --clips N           so many clips (default 6)
    --prompts M         so many prompts (default 4)
    --frames F          so many frames of each clip (default 24)
    --size N            (default 256)
    --modes A,B,C       compared with each other (default swap,first,independent)
    --folder DIR        the clips (default ../shared/clips)
    --resume FILE       finished edits are written there, and not made again when the command is called again`;

export type BenchOptions = {
  /** The first word: a benchmark, or all. */
  readonly name: string;
  readonly json: boolean;
  readonly length: LengthOptions;
  readonly large: LargeOptions;
  readonly steady: SteadyOptions;
};

export type LengthOptions = {
  readonly seconds: readonly number[];
  readonly runtimes: readonly RuntimeKind[];
  readonly size: number;
};

export type LargeOptions = {
  readonly size: number;
  /** Absolute; null: the model is removed at the end. */
  readonly folder: string | null;
};

export type SteadyOptions = {
  readonly clips: number;
  readonly prompts: number;
  readonly frames: number;
  readonly size: number;
  readonly modes: readonly AttentionMode[];
  /** Absolute. */
  readonly folder: string;
  /** Absolute; null: nothing is kept. */
  readonly resume: string | null;
};

function usage(message: string): never {
  throw new AppError('cli/usage', message);
}

function whole(name: string, text: string, [min, max]: readonly [number, number]): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    usage(`--${name} takes a whole number from ${min} to ${max}, not “${text}”.`);
  }
  return value;
}

function secondsOption(text: string): readonly number[] {
  const seconds = text.split(',').map(Number);
  // The clips are loops of two seconds.
  const isGood = seconds.every((value) => value > 0 && value <= 3600 && value % 2 === 0);
  if (!isGood || new Set(seconds).size < 2) {
    usage(`--seconds takes two whole numbers or more, all even, such as 2,20,120, not “${text}”.`);
  }
  return seconds.toSorted((a, b) => a - b);
}

function runtimesOption(text: string | undefined): readonly RuntimeKind[] {
  if (text === undefined) {
    return ['cpu', 'webgpu'];
  }
  return text === 'cpu' || text === 'webgpu'
    ? [text]
    : usage(`--runtime takes webgpu or cpu, not “${text}”.`);
}

function modesOption(text: string): readonly AttentionMode[] {
  return text.split(',').map((name) => {
    const mode = ATTENTION_MODES.find((one) => one === name);
    return mode ?? usage(`--modes takes ${ATTENTION_MODES.join(', ')}, not “${name}”.`);
  });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '2,20,120' },
        runtime: { type: 'string' },
        size: { type: 'string' },
        clips: { type: 'string', default: '6' },
        prompts: { type: 'string', default: '4' },
        frames: { type: 'string', default: '24' },
        modes: { type: 'string', default: 'swap,first,independent' },
        folder: { type: 'string' },
        resume: { type: 'string' },
      },
    });
  } catch (error) {
    // The parser's first sentence names the option; the rest is advice for its own users.
    return usage(`${(error as Error).message.split('. ')[0] ?? ''}.`);
  }
}

/** Options of the command line, checked. Throws `cli/usage` with one sentence. Paths become absolute below `cwd`. */
export function parseBenchOptions(args: readonly string[], cwd: string): BenchOptions {
  const { values, positionals } = parse(args);
  const [name = 'all', ...rest] = positionals;
  if (rest.length > 0) {
    usage(`One benchmark at a time, or all; “${rest.join(' ')}” is too much.`);
  }
  const size = (fallback: number): number =>
    values.size === undefined ? fallback : whole('size', values.size, SETTING_LIMITS.size);
  return {
    name,
    json: values.json,
    length: {
      seconds: secondsOption(values.seconds),
      runtimes: runtimesOption(values.runtime),
      size: size(64),
    },
    large: {
      size: size(512),
      folder: values.folder === undefined ? null : resolve(cwd, values.folder),
    },
    steady: {
      clips: whole('clips', values.clips, [1, 6]),
      prompts: whole('prompts', values.prompts, [1, 4]),
      frames: whole('frames', values.frames, [2, 10_000]),
      size: size(256),
      modes: modesOption(values.modes),
      folder:
        values.folder === undefined
          ? resolve(ROOT, '../shared/clips')
          : resolve(cwd, values.folder),
      resume: values.resume === undefined ? null : resolve(cwd, values.resume),
    },
  };
}
