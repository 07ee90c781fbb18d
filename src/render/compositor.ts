import type { Disposable } from '../base/disposal.ts';
import type { MaskShape } from '../gpu/kernels/mask/mask-shape.ts';
import type { Picture } from '../protocol/media.ts';

/** What is stored of one edited frame, both at model size: the edit, and the source through the same decoder. */
export type StoredPair = { readonly edited: Picture; readonly base: Picture };

/** One edit as it applies to one frame. */
export type Layer<Map> = {
  readonly map: Map;
  /** null = everywhere. */
  readonly mask: MaskShape | null;
  /** Over 0, at most 1. */
  readonly amount: number;
};

/**
 * The picture work of the renderer, on one kind of hardware. A `Map` says how the source's colours and detail become
 * the edit's (see `fitDetail`); it is worth keeping, as each frame is shown many times.
 */
export interface Compositor<Map> extends Disposable {
  /** Whether a fit is dear enough to be made at the size of the shown picture where that is smaller. */
  readonly fitsSmall: boolean;
  fit(pair: StoredPair): Map;
  bytesOf(map: Map): number;
  /** Gives back a map that `fit` made. */
  release(map: Map): void;
  /** The source with the layers on it, lowest first; a new picture of the same size. At least one layer. */
  composite(source: Picture, layers: readonly Layer<Map>[]): Promise<Picture>;
}

/** How much of the source's fine detail an edit keeps; 1 is all that its structure allows. */
export const DETAIL_FROM_SOURCE = 1;
