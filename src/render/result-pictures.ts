import { settleEdit } from '../gpu/kernels/settle/settle.cpu.ts';
import { steadyEdit, type EditedPair } from '../gpu/kernels/steady/steady.cpu.ts';
import type { EditResult } from '../protocol/engine.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { ByteCache } from './byte-cache.ts';
import type { StoredPair } from './compositor.ts';

/** Frames to each side that a shown frame's edit is steadied with. */
export const STEADY_REACH = 3;
/** Anchors that it is steadied with as well, the nearest ones: what stands still looks as it does there, all along. */
const STEADY_ANCHORS = 4;
/** Settled pairs that are kept, so that going on by a frame reads and settles one new pair, not all of them. */
const KEPT_PAIRS = 2 * STEADY_REACH + STEADY_ANCHORS + 4;

type Stored = Pick<PictureStore, 'get' | 'has'>;

/** `missing`: neighbours that had no pictures; once one has, the pair can be steadied better. */
export type SteadyPair = { readonly pair: StoredPair; readonly missing: readonly number[] };

/** What an edit stored, read frame by frame. The store is borrowed. */
export class ResultPictures {
  readonly #store: Stored;
  readonly #pairs = new ByteCache<string, StoredPair>(KEPT_PAIRS, () => 1);

  constructor(store: Stored) {
    this.#store = store;
  }

  /** As stored; null if there are no pictures of the frame. */
  async pair({ recipe, base }: EditResult, index: number): Promise<StoredPair | null> {
    const [edited, source] = await Promise.all([
      this.#store.get(recipe, index),
      this.#store.get(base, index),
    ]);
    return edited === null || source === null ? null : { edited, base: source };
  }

  /** Without the mottle of a single frame's edit. */
  async #settledPair(result: EditResult, index: number): Promise<StoredPair | null> {
    const key = `${result.recipe} ${result.base} ${index}`;
    const kept = this.#pairs.get(key);
    if (kept !== undefined) {
      return kept;
    }
    const pair = await this.pair(result, index);
    if (pair === null) {
      return null;
    }
    const settled = settlePair(pair);
    this.#pairs.set(key, settled);
    return settled;
  }

  /**
   * Without mottle and without flicker, steadied with the frames within `reach` to each side and with the edit's anchors
   * (0 leaves every frame to itself); null if there are no pictures of the frame.
   */
  async steadyPair(result: EditResult, index: number, reach: number): Promise<SteadyPair | null> {
    const pair = await this.#settledPair(result, index);
    if (pair === null) {
      return null;
    }
    const neighbours: EditedPair[] = [];
    const missing: number[] = [];
    for (const other of steadyingFrames(result, index, reach)) {
      const found = await this.#settledPair(result, other);
      if (found === null) {
        missing.push(other);
      } else {
        neighbours.push(found);
      }
    }
    return { pair: { edited: steadyEdit(pair, neighbours), base: pair.base }, missing };
  }

  /** Whether one of these frames has an edit now. */
  async hasAny({ recipe }: EditResult, indices: readonly number[]): Promise<boolean> {
    const found = await Promise.all(indices.map((index) => this.#store.has(recipe, index)));
    return found.includes(true);
  }

  clear(): void {
    this.#pairs.clear();
  }
}

/** The edit without the mottle that few sampling steps leave. */
export function settlePair({ edited, base }: StoredPair): StoredPair {
  return { edited: settleEdit(base, edited), base };
}

function steadyingFrames({ anchors }: EditResult, index: number, reach: number): number[] {
  if (reach === 0) {
    return [];
  }
  const neighbours = Array.from({ length: 2 * reach + 1 }, (_, i) => index - reach + i);
  const nearest = anchors
    .toSorted((a, b) => Math.abs(a - index) - Math.abs(b - index))
    .slice(0, STEADY_ANCHORS);
  return [...new Set([...neighbours, ...nearest])].filter((other) => other >= 0 && other !== index);
}
