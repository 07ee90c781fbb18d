import type { Disposable } from '../base/disposal.ts';
import { spanHolds, type Microseconds, type Size } from '../base/units.ts';
import type { GpuContext } from '../gpu/context.ts';
import { compositePicture } from '../gpu/kernels/composite/composite.cpu.ts';
import type { DetailMap } from '../gpu/kernels/detail/detail-map.ts';
import { fitDetail } from '../gpu/kernels/detail/detail.cpu.ts';
import { rasteriseMask } from '../gpu/kernels/mask/mask.cpu.ts';
import { resizePicture } from '../gpu/kernels/resize/resize.cpu.ts';
import type { Edit, Project } from '../project/document.ts';
import { evaluateAmount, evaluateMask, type MaskShape } from '../project/evaluate.ts';
import type { EditResult } from '../protocol/engine.ts';
import type { Frame, Picture } from '../protocol/media.ts';
import type { Shown } from '../protocol/preview.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { ByteCache } from './byte-cache.ts';

/** `missing`: an edit covers the frame but has no picture (yet), so what lies below it is seen there. */
export type Rendered = { readonly picture: Picture; readonly state: Shown['state'] };

/** The one way from a source frame to a shown or exported picture. */
export interface Renderer extends Disposable {
  /**
   * The frame with all enabled edits of its clip that cover it, lowest first. The frame's picture may have any size
   * of the clip's aspect; the result has the same. Where nothing changes the picture is the frame's own, same object.
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
const MASK_BYTES = 32 * 1024 * 1024;
/** How much of the source's fine detail an edit keeps; 1 is all that its structure allows. */
const DETAIL_FROM_SOURCE = 1;

/** The store is borrowed; so is the GPU, which is not used yet: the typed-array kernels composite everywhere. */
export function createRenderer(tools: {
  readonly pictures: PictureStore;
  readonly gpu: GpuContext | null;
}): Renderer {
  return new StackRenderer(tools.pictures);
}

class StackRenderer implements Renderer {
  readonly #pictures: PictureStore;
  readonly #maps = new ByteCache<string, DetailMap>(
    MAP_BYTES,
    ({ coefficients }) => coefficients.byteLength,
  );
  readonly #masks = new ByteCache<string, Uint8Array<ArrayBuffer>>(
    MASK_BYTES,
    (mask) => mask.byteLength,
  );

  constructor(pictures: PictureStore) {
    this.#pictures = pictures;
  }

  async render(
    project: Project,
    results: readonly EditResult[],
    clipId: string,
    frame: Frame,
  ): Promise<Rendered> {
    const layers = project.edits.filter((edit) => changes(edit, clipId, frame.time));
    let { picture } = frame;
    let isMissing = false;
    for (const edit of layers) {
      const map = await this.#map(
        results.find(({ editId }) => editId === edit.id),
        frame,
      );
      if (map === null) {
        isMissing = true;
        continue;
      }
      const amount = evaluateAmount(edit.amount, frame.time);
      picture = compositePicture(picture, map, this.#mask(edit, frame.time, picture), amount);
    }
    if (isMissing) {
      return { picture, state: 'missing' };
    }
    return { picture, state: layers.length > 0 ? 'edited' : 'source' };
  }

  dispose(): void {
    this.#maps.clear();
    this.#masks.clear();
  }

  async #map(result: EditResult | undefined, frame: Frame): Promise<DetailMap | null> {
    if (result === undefined) {
      return null;
    }
    const { recipe, base } = result;
    const { index, picture } = frame;
    const key = `${recipe} ${base} ${index}`;
    // Thumbnails are smaller than the model's pictures: there the fit is made at their size, many times cheaper.
    const smallKey = `${key} ${picture.width}x${picture.height}`;
    const known = this.#maps.get(key) ?? this.#maps.get(smallKey);
    if (known !== undefined) {
      return known;
    }
    const [edited, source] = await Promise.all([
      this.#pictures.get(recipe, index),
      this.#pictures.get(base, index),
    ]);
    if (edited === null || source === null) {
      return null;
    }
    const isSmall = picture.width < source.width && picture.height < source.height;
    const map = isSmall
      ? fitDetail(
          resizePicture(source, picture),
          resizePicture(edited, picture),
          DETAIL_FROM_SOURCE,
        )
      : fitDetail(source, edited, DETAIL_FROM_SOURCE);
    this.#maps.set(isSmall ? smallKey : key, map);
    return map;
  }

  #mask(edit: Edit, time: Microseconds, size: Size): Uint8Array<ArrayBuffer> | null {
    if (edit.mask === null) {
      return null;
    }
    const shape = evaluateMask(edit.mask, time);
    const key = maskKey(shape, size);
    const known = this.#masks.get(key);
    if (known !== undefined) {
      return known;
    }
    const mask = rasteriseMask(shape, size);
    this.#masks.set(key, mask);
    return mask;
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

function maskKey(shape: MaskShape, size: Size): string {
  return JSON.stringify([Object.values(shape), size.width, size.height]);
}
