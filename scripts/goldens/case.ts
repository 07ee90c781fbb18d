import { compare, type Golden, type Plain } from '../../src/models/testing/golden.ts';
import type { Bench } from './bench.ts';

/** One comparison of a case. */
export type Row = {
  readonly run: string;
  readonly shape: readonly number[];
  readonly maxAbs: number;
  /** The largest difference over the largest value of the reference. */
  readonly maxRel: number;
  readonly tolerance: string;
  readonly pass: boolean;
};

export type CaseContext = {
  readonly golden: Golden;
  /** Another case of the same set, by folder name. */
  readonly sibling: (folder: string) => Golden;
  readonly bench: () => Promise<Bench>;
};

export type CaseRunner = (context: CaseContext) => Promise<readonly Row[]>;

/** Weights and outputs of integer quantisations have bounds of their own, in decibels. */
const MIN_SNR = { f16: 40, q8: 20, q4: 5 } as const;

export function tensor(values: Readonly<Record<string, Plain>>, name: string): Plain {
  const found = values[name];
  if (found === undefined) {
    throw new Error(`the golden has no tensor ${name}`);
  }
  return found;
}

function largest(data: Float32Array): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

export function row(
  run: string,
  shape: readonly number[],
  maxAbs: number,
  reference: number,
  tolerance: string,
  pass: boolean,
): Row {
  return {
    run,
    shape,
    maxAbs,
    maxRel: reference === 0 ? maxAbs : maxAbs / reference,
    tolerance,
    pass,
  };
}

/** Against bounds of float32 arithmetic. */
export function judgeClose(
  run: string,
  got: Plain,
  wanted: Plain,
  atol: number,
  rtol: number,
): Row {
  const { maxAbs, worst } = compare(got, wanted, atol, rtol);
  const tolerance = `${String(atol)} + ${String(rtol)} rel`;
  return row(run, wanted.dims, maxAbs, largest(wanted.data), tolerance, worst <= 1);
}

/** Against the bounds of the case's meta.json that fit the quantisation. */
export function judge(
  context: CaseContext,
  bench: Bench,
  run: string,
  got: Plain,
  wanted: Plain,
): Row {
  const { fp32, fp16 } = context.golden.tolerance;
  if (bench.quantisation === 'f32') {
    return judgeClose(run, got, wanted, fp32.atol, fp32.rtol);
  }
  const { maxAbs, meanAbs, snr } = compare(got, wanted);
  if (bench.quantisation === 'f16' && fp16 !== undefined) {
    const tolerance = `max ${String(fp16.max_abs)}, mean ${String(fp16.mean_abs)}`;
    const pass = maxAbs <= fp16.max_abs && meanAbs <= fp16.mean_abs;
    return row(run, wanted.dims, maxAbs, largest(wanted.data), tolerance, pass);
  }
  const floor = MIN_SNR[bench.quantisation];
  return row(
    run,
    wanted.dims,
    maxAbs,
    largest(wanted.data),
    `SNR ${String(floor)} dB`,
    snr >= floor,
  );
}

/** Prefixes of a case's runs: what stands before `name` in its tensors. */
export function runsOf(values: Readonly<Record<string, Plain>>, name: string): readonly string[] {
  return Object.keys(values)
    .filter((key) => key === name || key.endsWith(`.${name}`))
    .map((key) => key.slice(0, -name.length))
    .toSorted();
}

/** The folders that meta.json names as the source of weights. */
export function weightsFrom(context: CaseContext): readonly Golden[] {
  const names = context.golden.json('meta.json')['weights_from'];
  if (typeof names !== 'string') {
    return [];
  }
  // Some notes go on after the folder's name.
  return names.split(',').map((name) => context.sibling(name.trim().split(' ')[0] ?? ''));
}

export function firstOf<T>(values: readonly T[], what: string): T {
  const first = values[0];
  if (first === undefined) {
    throw new Error(`the golden has no ${what}`);
  }
  return first;
}

export function plain(dims: readonly number[], data: Float32Array | readonly number[]): Plain {
  return { dims, data: Float32Array.from(data) };
}
