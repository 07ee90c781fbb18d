import { must } from '../base/assert.ts';
import type { Size } from '../base/units.ts';
import type { GpuContext } from '../gpu/context.ts';
import { recordComposite } from '../gpu/kernels/composite/composite.ts';
import { COEFFICIENTS } from '../gpu/kernels/detail/detail-map.ts';
import { fitWholePicture } from '../gpu/kernels/detail/detail.cpu.ts';
import { recordDetail } from '../gpu/kernels/detail/detail.ts';
import { recordMask } from '../gpu/kernels/mask/mask.ts';
import type { MaskShape } from '../gpu/kernels/mask/mask-shape.ts';
import type { Picture } from '../protocol/media.ts';
import { DETAIL_FROM_SOURCE, type Compositor, type Layer, type StoredPair } from './compositor.ts';

/** `DetailMap` on the device. */
export type GpuMap = { readonly buffer: GPUBuffer; readonly size: Size };

/** Composites on a GPU: one upload and one download per frame. The context is borrowed and must have no other user. */
export class GpuCompositor implements Compositor<GpuMap> {
  readonly fitsSmall = false;
  readonly #context: GpuContext;

  constructor(context: GpuContext) {
    this.#context = context;
  }

  fit({ base, edited }: StoredPair): GpuMap {
    const context = this.#context;
    const size = { width: base.width, height: base.height };
    const pictures = [base, edited].map((picture) => this.#upload(picture));
    const map = { buffer: context.createBuffer(bytesOf(size), 'detail map'), size };
    recordDetail(context, {
      base: must(pictures[0], 'base'),
      edit: must(pictures[1], 'edit'),
      size,
      whole: fitWholePicture(base, edited),
      detail: DETAIL_FROM_SOURCE,
      map: map.buffer,
    });
    for (const picture of pictures) {
      context.release(picture);
    }
    return map;
  }

  bytesOf(map: GpuMap): number {
    return bytesOf(map.size);
  }

  release(map: GpuMap): void {
    this.#context.release(map.buffer);
  }

  async composite(source: Picture, layers: readonly Layer<GpuMap>[]): Promise<Picture> {
    const { width, height } = source;
    const bytes = source.data.byteLength;
    const data = await this.#context.guard('compositing', async () => {
      let shown = this.#upload(source);
      for (const layer of layers) {
        shown = this.#apply(layer, shown, { width, height });
      }
      const pixels = await this.#context.read(shown, bytes);
      this.#context.release(shown);
      return pixels;
    });
    return { width, height, data: new Uint8ClampedArray(data) };
  }

  dispose(): void {
    // Buffers are given back where they are used.
  }

  /** Consumes `source`; what it returns is the caller's. */
  #apply({ map, mask, amount }: Layer<GpuMap>, source: GPUBuffer, size: Size): GPUBuffer {
    const context = this.#context;
    const where = mask === null ? null : this.#rasterise(mask, size);
    const output = context.createBuffer(size.width * size.height * 4, 'shown picture');
    recordComposite(context, {
      source,
      size,
      map: map.buffer,
      mapSize: map.size,
      mask: where,
      amount,
      output,
    });
    if (where !== null) {
      context.release(where);
    }
    context.release(source);
    return output;
  }

  #rasterise(shape: MaskShape, size: Size): GPUBuffer {
    const count = size.width * size.height;
    const output = this.#context.createBuffer(Math.ceil(count / 4) * 4, 'mask');
    recordMask(this.#context, { shape, size, output });
    return output;
  }

  #upload(picture: Picture): GPUBuffer {
    const buffer = this.#context.createBuffer(picture.data.byteLength, 'picture');
    this.#context.write(buffer, picture.data);
    return buffer;
  }
}

function bytesOf({ width, height }: Size): number {
  return width * height * COEFFICIENTS * Float32Array.BYTES_PER_ELEMENT;
}
