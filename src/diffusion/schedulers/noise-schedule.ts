import { must, unreachable } from '../../base/assert.ts';
import type { Level, SchedulerConfig } from './config.ts';

type Betas = Pick<SchedulerConfig, 'trainSteps' | 'betaStart' | 'betaEnd' | 'betaSchedule'>;

/**
 * The cumulative products of 1 - beta over the training steps. Rounded to float32 where the reference is: models were
 * trained with those very numbers, and timesteps that are derived from them agree to the last digit only so.
 */
export function alphasCumprod(config: Betas & { readonly zeroTerminalSnr: boolean }): Float64Array {
  let table: Float64Array = betas(config).map(Math.fround);
  if (config.zeroTerminalSnr) {
    table = withZeroTerminalSnr(table);
  }
  let product = 1;
  return Float64Array.from(table, (beta) => Math.fround((product *= Math.fround(1 - beta))));
}

function betas(config: Betas): Float64Array {
  const { trainSteps, betaStart, betaEnd, betaSchedule } = config;
  const ramp = (from: number, to: number) => {
    const step = Math.fround((Math.fround(to) - Math.fround(from)) / Math.max(1, trainSteps - 1));
    // torch.linspace counts from the nearer end.
    return Float64Array.from({ length: trainSteps }, (_, i) =>
      Math.fround(
        i < trainSteps / 2
          ? Math.fround(from) + step * i
          : Math.fround(to) - step * (trainSteps - 1 - i),
      ),
    );
  };
  switch (betaSchedule) {
    case 'linear':
      return ramp(betaStart, betaEnd);
    case 'scaled_linear':
      return ramp(Math.sqrt(betaStart), Math.sqrt(betaEnd)).map((root) => root * root);
    case 'squaredcos_cap_v2': {
      const bar = (time: number) => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
      return Float64Array.from({ length: trainSteps }, (_, i) =>
        Math.min(1 - bar((i + 1) / trainSteps) / bar(i / trainSteps), 0.999),
      );
    }
    default:
      return unreachable(betaSchedule);
  }
}

/** Shifts and scales the signal so that the last step is pure noise (Lin et al. 2023, algorithm 1). Betas in and out. */
function withZeroTerminalSnr(table: Float64Array): Float64Array {
  let product = 1;
  const roots = table.map((beta) =>
    Math.fround(Math.sqrt(Math.fround((product *= Math.fround(1 - beta))))),
  );
  const first = at(roots, 0);
  const last = at(roots, roots.length - 1);
  const ratio = Math.fround(first / Math.fround(first - last));
  const squares = roots.map((root) =>
    Math.fround(Math.fround(Math.fround(root - last) * ratio) ** 2),
  );
  return squares.map((square, i) =>
    Math.fround(1 - Math.fround(square / (i === 0 ? 1 : at(squares, i - 1)))),
  );
}

export function levelOf(alpha: number): Level {
  return { signal: Math.sqrt(alpha), noise: Math.sqrt(1 - alpha) };
}

/** Table look-up where every index is known to be inside. */
export function at(table: ArrayLike<number>, index: number): number {
  return must(table[index], `entry ${index} of ${table.length}`);
}

/** numpy's rounding: ties go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
}

/** `count` values from `from` to `to`, both included. */
export function linspace(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    count === 1 ? from : from + (i * (to - from)) / (count - 1),
  );
}

/** Descending from the end of training: rounded multiples of trainSteps / steps, less one. */
export function trailingTimesteps(trainSteps: number, steps: number): number[] {
  return Array.from(
    { length: steps },
    (_, i) => roundHalfEven(trainSteps - (i * trainSteps) / steps) - 1,
  );
}

/** Ascending multiples of the whole-numbered step ratio. */
export function leadingTimesteps(ratio: number, count: number, offset: number): number[] {
  return Array.from({ length: count }, (_, i) => i * ratio + offset);
}

/** The index of the first step to run at a strength; at least one step is run. */
export function startStep(steps: number, strength: number): number {
  return steps - Math.min(steps, Math.max(1, Math.trunc(steps * strength)));
}
