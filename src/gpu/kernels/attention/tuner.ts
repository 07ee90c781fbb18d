import { must } from '../../../base/assert.ts';
import { toAppError } from '../../../base/error.ts';
import type { GpuContext } from '../../context.ts';
import type { AttentionWork } from './attention.ts';
import { shapeClass, probeOf } from './shape-class.ts';
import { TilingProbe } from './tiling-probe.ts';
import {
  DEFAULT_TILING,
  findTiling,
  smallestSubgroup,
  TILINGS,
  tilingName,
  withSubgroups,
  type Tiling,
} from './tilings.ts';

/** What was found on one adapter: names of tilings by class of shape. */
export type TilingRecord = Readonly<Record<string, string>>;

export type AttentionTunerOptions = {
  readonly context: GpuContext;
  /** From an earlier visit; names that this device can't run are left out, so their classes are measured again. */
  readonly known: TilingRecord;
  /** Hears the whole record after each class that was measured. */
  readonly onLearned: (record: TilingRecord) => void;
  /** What to try; the default comes first whatever they are. */
  readonly candidates?: readonly Tiling[];
};

/** Another tiling must be this much quicker than the default: less is noise, and changes bits for nothing. */
const LEAST_GAIN = 1.05;

/**
 * Finds out once per adapter and class of shape which tiling is quickest there, and that it is right there: a tiling that
 * fails or disagrees with the default is never used. Measuring must not overlap with other work on the device.
 */
export class AttentionTuner {
  readonly #options: AttentionTunerOptions;
  readonly #tilings = new Map<string, Tiling>();

  constructor(options: AttentionTunerOptions) {
    this.#options = options;
    const subgroup = smallestSubgroup(options.context.device);
    for (const [name, tiling] of Object.entries(options.known)) {
      const found = findTiling(tiling, subgroup);
      if (found !== null) {
        this.#tilings.set(name, found);
      }
    }
  }

  /** The tiling for this work, the default until its class was measured. */
  readonly tilingOf = (work: AttentionWork): Tiling =>
    this.#tilings.get(shapeClass(work)) ?? DEFAULT_TILING;

  knows(works: readonly AttentionWork[]): boolean {
    return works.every((work) => this.#tilings.has(shapeClass(work)));
  }

  /** Measures what is unknown of these. Fails with what earlier work left behind, and with the device (`gpu/device-lost`). */
  async learn(works: readonly AttentionWork[]): Promise<void> {
    for (const work of works) {
      const name = shapeClass(work);
      if (!this.#tilings.has(name)) {
        this.#tilings.set(name, await this.#measure(work));
        this.#options.onLearned(this.#record());
      }
    }
  }

  async #measure(work: AttentionWork): Promise<Tiling> {
    const { context } = this.#options;
    // Failures of earlier work must reach who asked for it, not be taken for a tiling's.
    context.flush();
    await context.device.queue.onSubmittedWorkDone();
    context.flush();
    const probe = new TilingProbe(context, probeOf(work, context.costPerSubmit));
    try {
      const base = await attempt(probe, DEFAULT_TILING);
      // Where not even the default runs the call itself will say why.
      let best = { tiling: DEFAULT_TILING, ms: (base ?? Infinity) / LEAST_GAIN };
      for (const tiling of this.#candidates()) {
        const ms = await attempt(probe, tiling);
        if (ms !== null && ms < best.ms) {
          best = { tiling, ms };
        }
      }
      return best.tiling;
    } finally {
      probe.dispose();
    }
  }

  /** All without subgroups, and with them the two that use them most. */
  #candidates(): readonly Tiling[] {
    const { candidates, context } = this.#options;
    if (candidates !== undefined) {
      return candidates;
    }
    const subgroup = smallestSubgroup(context.device);
    const wide = must(
      TILINGS.find(({ columns, rowGroups }) => columns === 16 && rowGroups === 8),
      'wide',
    );
    const withLanes = subgroup < 4 ? [] : [DEFAULT_TILING, wide];
    return [
      ...TILINGS.filter((tiling) => tiling !== DEFAULT_TILING),
      ...withLanes.map((tiling) => withSubgroups(tiling, subgroup)),
    ];
  }

  #record(): TilingRecord {
    return Object.fromEntries(
      [...this.#tilings].map(([name, tiling]) => [name, tilingName(tiling)]),
    );
  }
}

/** Milliseconds, or null where this tiling does not run or is wrong on this device. */
async function attempt(probe: TilingProbe, tiling: Tiling): Promise<number | null> {
  try {
    return await probe.time(tiling);
  } catch (error) {
    if (toAppError(error, 'gpu/validation').code === 'gpu/device-lost') {
      throw error;
    }
    return null;
  }
}
