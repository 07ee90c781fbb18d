import type { Disposable } from '../base/disposal.ts';
import { spanHolds, type Microseconds, type Size } from '../base/units.ts';
import type { GpuContext } from '../gpu/context.ts';
import { resizePicture } from '../gpu/kernels/resize/resize.cpu.ts';
import type { Edit, Project } from '../project/document.ts';
import { evaluateAmount, evaluateMask } from '../project/evaluate.ts';
import type { EditResult } from '../protocol/engine.ts';
import type { Frame, Picture } from '../protocol/media.ts';
import type { Shown } from '../protocol/preview.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { ByteCache } from './byte-cache.ts';
import type { Compositor, Layer, StoredPair } from './compositor.ts';
import { CpuCompositor } from './cpu-compositor.ts';
import { GpuCompositor } from './gpu-compositor.ts';
import { ResultPictures, settlePair, STEADY_REACH } from './result-pictures.ts';

/** `missing`: an edit covers the frame but has no picture (yet), so what lies below it is seen there. */
export type Rendered = { readonly picture: Picture; readonly state: Shown['state'] };

/** The one way from a source frame to a shown or exported picture. */
export interface Renderer extends Disposable {
  /**
   * The frame with all enabled edits of its clip that cover it, lowest first. The frame's picture may have any size
   * of the clip's aspect; the result has the same. Where nothing changes the picture is the frame's own, same object.
   * Calls wait for each other.
   */
  render(
    project: Project,
    results: readonly EditResult[],
    clipId: string,
    frame: Frame,
  ): Promise<Rendered>;
}

/** Maps of about 60 frames at 256 x 256 pixels: scrubbing and comparing come back to the same ones. */
const MAP_BYTES = 192 * 1024 * 1024;

/**
 * Store and GPU are borrowed; null composites in typed arrays. `mapBytes`: how much is kept of fitted maps, one at the
 * least; 0 for those who come by every frame once. `steadyReach`: neighbours that steady a frame; 0 where what is rendered may
 * depend on nothing but the frame's own pictures, as what an edit on top of it is made from.
 */
export function createRenderer(tools: {
  readonly pictures: Pick<PictureStore, 'get' | 'has'>;
  readonly gpu: GpuContext | null;
  readonly mapBytes?: number;
  readonly steadyReach?: number;
}): Renderer {
  const { pictures, gpu, mapBytes = MAP_BYTES, steadyReach = STEADY_REACH } = tools;
  const stored = new ResultPictures(pictures);
  return gpu === null
    ? new StackRenderer(stored, new CpuCompositor(), mapBytes, steadyReach)
    : new StackRenderer(stored, new GpuCompositor(gpu), mapBytes, steadyReach);
}

/** `missing`: neighbours that had no pictures when the map was fitted. */
type KeptMap<Map> = { readonly map: Map; readonly missing: readonly number[] };

/** A layer and where its map comes from: kept from an earlier time, or still to be fitted. */
type PlannedLayer<Map> = Omit<Layer<Map>, 'map'> & {
  readonly key: string;
  readonly from: KeptMap<Map> | { readonly pair: StoredPair; readonly missing: readonly number[] };
};

class StackRenderer<Map> implements Renderer {
  readonly #pictures: ResultPictures;
  readonly #compositor: Compositor<Map>;
  readonly #maps: ByteCache<string, KeptMap<Map>>;
  readonly #steadyReach: number;
  /** Out of the cache, but perhaps still in use by the frame that is being rendered. */
  #dropped: Map[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    pictures: ResultPictures,
    compositor: Compositor<Map>,
    mapBytes: number,
    steadyReach: number,
  ) {
    this.#pictures = pictures;
    this.#compositor = compositor;
    this.#steadyReach = steadyReach;
    this.#maps = new ByteCache(
      mapBytes,
      ({ map }) => compositor.bytesOf(map),
      ({ map }) => this.#dropped.push(map),
    );
  }

  render(
    project: Project,
    results: readonly EditResult[],
    clipId: string,
    frame: Frame,
  ): Promise<Rendered> {
    const edits = project.edits.filter((edit) => changes(edit, clipId, frame.time));
    if (edits.length === 0) {
      return Promise.resolve({ picture: frame.picture, state: 'source' });
    }
    const rendered = this.#queue.then(() => this.#render(edits, results, frame));
    this.#queue = rendered
      .catch(() => undefined)
      .then(() => {
        this.#releaseDropped();
      });
    return rendered;
  }

  dispose(): void {
    this.#pictures.clear();
    this.#maps.clear();
    this.#releaseDropped();
    this.#compositor.dispose();
  }

  #releaseDropped(): void {
    for (const map of this.#dropped) {
      this.#compositor.release(map);
    }
    this.#dropped = [];
  }

  async #render(
    edits: readonly Edit[],
    results: readonly EditResult[],
    frame: Frame,
  ): Promise<Rendered> {
    const planned: PlannedLayer<Map>[] = [];
    for (const edit of edits) {
      const layer = await this.#plan(edit, results, frame);
      if (layer !== null) {
        planned.push(layer);
      }
    }
    const state = planned.length < edits.length ? 'missing' : 'edited';
    if (planned.length === 0) {
      return { picture: frame.picture, state };
    }
    const layers = planned.map((layer) => ({ ...layer, map: this.#fit(layer) }));
    return { picture: await this.#compositor.composite(frame.picture, layers), state };
  }

  /** null if the edit has no pictures for this frame. */
  async #plan(
    edit: Edit,
    results: readonly EditResult[],
    frame: Frame,
  ): Promise<PlannedLayer<Map> | null> {
    // Who asks for independent frames gets them: no other frame has a say in what is shown either.
    const reach = edit.settings.mode === 'independent' ? 0 : this.#steadyReach;
    for (const result of results.filter(({ editId }) => editId === edit.id)) {
      const source = await this.#findMap(result, frame, reach);
      if (source !== null) {
        const mask = edit.mask === null ? null : evaluateMask(edit.mask, frame.time);
        return { ...source, mask, amount: evaluateAmount(edit.amount, frame.time) };
      }
    }
    return null;
  }

  /** null if this result has no pictures for the frame. */
  async #findMap(
    result: EditResult,
    { index, picture }: Frame,
    reach: number,
  ): Promise<Pick<PlannedLayer<Map>, 'key' | 'from'> | null> {
    const key = `${result.recipe} ${result.base} ${index}`;
    const smallKey = `${key} ${picture.width}x${picture.height}`;
    const kept = this.#maps.get(key) ?? this.#maps.get(smallKey);
    if (kept !== undefined && !(await this.#pictures.hasAny(result, kept.missing))) {
      return { key, from: kept };
    }
    // Thumbnails are smaller than the model's pictures: there a fit at their size is many times cheaper, and flicker unseen.
    const stored = this.#compositor.fitsSmall ? await this.#pictures.pair(result, index) : null;
    if (stored !== null && isSmaller(picture, stored.base)) {
      return { key: smallKey, from: { pair: settlePair(reduce(stored, picture)), missing: [] } };
    }
    const steady = await this.#pictures.steadyPair(result, index, reach);
    return steady === null ? null : { key, from: steady };
  }

  #fit({ key, from }: PlannedLayer<Map>): Map {
    if ('map' in from) {
      return from.map;
    }
    const map = this.#compositor.fit(from.pair);
    this.#maps.set(key, { map, missing: from.missing });
    return map;
  }
}

/** Whether an edit has a say in a frame of this clip at this time. */
function changes(edit: Edit, clipId: string, time: Microseconds): boolean {
  return (
    edit.enabled &&
    edit.clipId === clipId &&
    spanHolds(edit.span, time) &&
    evaluateAmount(edit.amount, time) > 0
  );
}

function isSmaller(a: Size, b: Size): boolean {
  return a.width < b.width && a.height < b.height;
}

function reduce({ edited, base }: StoredPair, size: Size): StoredPair {
  const { width, height } = size;
  return {
    edited: resizePicture(edited, { width, height }),
    base: resizePicture(base, { width, height }),
  };
}
