import { assert } from '../../base/assert.ts';
import { AppError } from '../../base/error.ts';
import type { Picture } from './picture.ts';

/*
 * Warp error: how much a picture changes besides what moves. A frame is compared with its successor brought back along
 * the flow of the source, at the places where that flow explains the source itself, so an edit is judged only where
 * there is a right answer. (Lai et al., "Learning blind video temporal consistency", ECCV 2018, section 4.2, with
 * absolute differences instead of squares and the source's own difference in place of an occlusion test.)
 */

/** From a frame to its successor: x and y in pixels, interleaved, row by row; what is at p is found at p + flow(p). */
export type Flow = Float32Array;

/** Differences are means over R, G and B, 0 to 255; from this one on the flow does not explain the source. */
const EXPLAINED_BELOW = 12;

/** One frame and its successor. `source`, `edited`: mean difference (0…255) over the places that count; null if none do. */
export type PairWarpError = {
  readonly source: number | null;
  readonly edited: number | null;
  /** Share of the picture's places that count, 0…1. */
  readonly share: number;
};

export type WarpError = {
  /** Mean absolute difference, 0…255, over all places of all pairs that count. */
  readonly source: number;
  readonly edited: number;
  /** edited / source; 1 where both are 0, Infinity where only the source is. */
  readonly ratio: number;
  /** edited - source: what the edit adds. */
  readonly excess: number;
  /** Entry i is for frames i and i + 1. */
  readonly perPair: readonly PairWarpError[];
};

type Sums = { source: number; edited: number; places: number };

/**
 * Sums over the places of one pair that count. All four pictures have one size; `flow` goes from `source[0]` to
 * `source[1]`.
 */
function sumPair(
  flow: Flow,
  source: readonly [Picture, Picture],
  edited: readonly [Picture, Picture],
): Sums {
  const { width, height } = source[0];
  const sums: Sums = { source: 0, edited: 0, places: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const u = x + (flow[at * 2] ?? 0);
      const v = y + (flow[at * 2 + 1] ?? 0);
      // Written so that a flow that is no number counts as outside.
      if (!(u >= 0 && v >= 0 && u <= width - 1 && v <= height - 1)) {
        continue;
      }
      const difference = differenceAt(source, at * 4, u, v);
      if (difference < EXPLAINED_BELOW) {
        sums.source += difference;
        sums.edited += differenceAt(edited, at * 4, u, v);
        sums.places++;
      }
    }
  }
  return sums;
}

/** Mean absolute difference of R, G, B between byte offset `offset` of the frame and place (u, v) of its successor. */
function differenceAt(
  [frame, next]: readonly [Picture, Picture],
  offset: number,
  u: number,
  v: number,
): number {
  const left = Math.floor(u);
  const top = Math.floor(v);
  const right = Math.min(left + 1, next.width - 1);
  const below = Math.min(top + 1, next.height - 1);
  const fx = u - left;
  const fy = v - top;
  const a = (top * next.width + left) * 4;
  const b = (top * next.width + right) * 4;
  const c = (below * next.width + left) * 4;
  const d = (below * next.width + right) * 4;
  const { data } = next;
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    const upper = (data[a + channel] ?? 0) * (1 - fx) + (data[b + channel] ?? 0) * fx;
    const lower = (data[c + channel] ?? 0) * (1 - fx) + (data[d + channel] ?? 0) * fx;
    sum += Math.abs((frame.data[offset + channel] ?? 0) - (upper * (1 - fy) + lower * fy));
  }
  return sum / 3;
}

/** The flow from `frame` to `next`: sizes are equal. The array may be the estimator's own, used again by the next call. */
export type EstimateFlow = (frame: Picture, next: Picture) => Flow;

/**
 * Measures frame by frame, at the size it is given (model size, by contract): memory is two frames, whatever the
 * length. Pictures passed in are kept until the next push and must not be written to.
 */
export class WarpErrorMeter {
  readonly #estimateFlow: EstimateFlow;
  readonly #total: Sums = { source: 0, edited: 0, places: 0 };
  readonly #perPair: PairWarpError[] = [];
  #last: { readonly source: Picture; readonly edited: Picture } | null = null;

  constructor(estimateFlow: EstimateFlow) {
    this.#estimateFlow = estimateFlow;
  }

  /** The next frame of both sequences. */
  push(source: Picture, edited: Picture): void {
    const last = this.#last;
    const first = last?.source ?? source;
    for (const { width, height, data } of [source, edited]) {
      assert(width === first.width && height === first.height, 'frames of one size');
      assert(data.length === width * height * 4, 'four bytes per pixel');
    }
    this.#last = { source, edited };
    if (last === null) {
      return;
    }
    const flow = this.#estimateFlow(last.source, source);
    const sums = sumPair(flow, [last.source, source], [last.edited, edited]);
    this.#total.source += sums.source;
    this.#total.edited += sums.edited;
    this.#total.places += sums.places;
    this.#perPair.push({
      source: sums.places > 0 ? sums.source / sums.places : null,
      edited: sums.places > 0 ? sums.edited / sums.places : null,
      share: sums.places / (source.width * source.height),
    });
  }

  /** Throws `evaluate/no-motion` if no place of any pair counted, one frame alone included. */
  result(): WarpError {
    const { places } = this.#total;
    if (places === 0) {
      throw new AppError(
        'evaluate/no-motion',
        this.#perPair.length === 0
          ? 'It takes two frames at least.'
          : `None of ${this.#perPair.length} pairs of frames could be matched.`,
      );
    }
    const source = this.#total.source / places;
    const edited = this.#total.edited / places;
    return {
      source,
      edited,
      ratio: edited === source ? 1 : edited / source,
      excess: edited - source,
      perPair: this.#perPair,
    };
  }
}

/** What is compared: the same clip and prompt, edited by one way and by independent frames. */
export type SteadinessPair = {
  readonly edited: Pick<WarpError, 'excess'>;
  readonly independent: Pick<WarpError, 'excess' | 'ratio'>;
};

/** Below this the independent edit is hardly less steady than the source, and a ratio of excesses would be noise. */
const INDEPENDENT_RATIO = 1.15;

export type Steadiness = {
  /** Over all pairs that count: 1 - (sum of excesses) / (sum of independent excesses). 0.4 reads '40 % steadier'; null if no pair counts. */
  readonly reduction: number | null;
  /** The same for each pair given; null where the pair does not count. */
  readonly perPair: readonly (number | null)[];
  /** How many pairs count. */
  readonly counted: number;
};

/**
 * 'X % steadier than independent': compares excesses, over the pairs of clip and prompt where independent editing has
 * at least 1.15 times the source's error.
 */
export function compareSteadiness(pairs: readonly SteadinessPair[]): Steadiness {
  const sums = { edited: 0, independent: 0, counted: 0 };
  const perPair = pairs.map(({ edited, independent }) => {
    if (!(independent.ratio >= INDEPENDENT_RATIO)) {
      return null;
    }
    sums.edited += edited.excess;
    sums.independent += independent.excess;
    sums.counted++;
    return 1 - edited.excess / independent.excess;
  });
  const reduction = sums.counted === 0 ? null : 1 - sums.edited / sums.independent;
  return { reduction, perPair, counted: sums.counted };
}
