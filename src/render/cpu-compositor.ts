import type { Size } from '../base/units.ts';
import { compositePicture } from '../gpu/kernels/composite/composite.cpu.ts';
import type { DetailMap } from '../gpu/kernels/detail/detail-map.ts';
import { fitDetail } from '../gpu/kernels/detail/detail.cpu.ts';
import { rasteriseMask } from '../gpu/kernels/mask/mask.cpu.ts';
import type { MaskShape } from '../gpu/kernels/mask/mask-shape.ts';
import type { Picture } from '../protocol/media.ts';
import { ByteCache } from './byte-cache.ts';
import { DETAIL_FROM_SOURCE, type Compositor, type Layer, type StoredPair } from './compositor.ts';

/** Four masks of 4K: a mask that stands still is rasterised once. */
const MASK_BYTES = 32 * 1024 * 1024;

/** Composites in typed arrays: everywhere, and the same bytes everywhere. */
export class CpuCompositor implements Compositor<DetailMap> {
  readonly fitsSmall = true;
  readonly #masks = new ByteCache<string, Uint8Array<ArrayBuffer>>(
    MASK_BYTES,
    (mask) => mask.byteLength,
  );

  fit({ base, edited }: StoredPair): DetailMap {
    return fitDetail(base, edited, DETAIL_FROM_SOURCE);
  }

  bytesOf(map: DetailMap): number {
    return map.coefficients.byteLength;
  }

  release(): void {
    // Plain memory.
  }

  composite(source: Picture, layers: readonly Layer<DetailMap>[]): Promise<Picture> {
    let picture = source;
    for (const { map, mask, amount } of layers) {
      const where = mask === null ? null : this.#rasterise(mask, source);
      // From the second layer on the picture is ours and may be written over.
      const output = picture === source ? undefined : picture;
      picture = compositePicture(picture, map, where, amount, output);
    }
    return Promise.resolve(picture);
  }

  dispose(): void {
    this.#masks.clear();
  }

  #rasterise(shape: MaskShape, { width, height }: Size): Uint8Array<ArrayBuffer> {
    const key = JSON.stringify([shape, width, height]);
    const known = this.#masks.get(key);
    if (known !== undefined) {
      return known;
    }
    const mask = rasteriseMask(shape, { width, height });
    this.#masks.set(key, mask);
    return mask;
  }
}
