import { AppError } from '../../base/error.ts';
import { GpuContext } from '../../gpu/context.ts';
import type { PictureStore } from '../../store/picture-store.ts';
import { createRenderer, type Rendered, type Renderer } from '../renderer.ts';

/**
 * The viewer's renderer: on the GPU while that works, in typed arrays for good once it failed. Both make the same
 * pictures (within 1/255), so a viewer that goes on slower is better than one that stops.
 */
export class PreviewRenderer implements Renderer {
  readonly #pictures: PictureStore;
  #gpu: GpuContext | null;
  #renderer: Renderer;

  /** Takes over the GPU context; the store stays the caller's. */
  constructor(pictures: PictureStore, gpu: GpuContext | null) {
    this.#pictures = pictures;
    this.#gpu = gpu;
    this.#renderer = createRenderer({ pictures, gpu });
  }

  async render(...args: Parameters<Renderer['render']>): Promise<Rendered> {
    const renderer = this.#renderer;
    try {
      return await renderer.render(...args);
    } catch (error) {
      const isReplaced = renderer !== this.#renderer;
      if (!isReplaced && !isGpuFailure(error)) {
        throw error;
      }
      // A call that waited behind the one that failed fails otherwise: its context is disposed by then.
      if (!isReplaced) {
        this.dispose();
        this.#renderer = createRenderer({ pictures: this.#pictures, gpu: null });
      }
      return await this.#renderer.render(...args);
    }
  }

  dispose(): void {
    this.#renderer.dispose();
    this.#gpu?.dispose();
    this.#gpu = null;
  }
}

/**
 * A GPU device of the preview worker's own; null where there is none. `isUsable` refuses adapters, such as those that
 * are emulated on the processor.
 */
export async function openPreviewGpu(
  isUsable: (info: GPUAdapterInfo) => boolean,
): Promise<GpuContext | null> {
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  const adapter = await gpu?.requestAdapter();
  if (adapter === null || adapter === undefined || !isUsable(adapter.info)) {
    return null;
  }
  try {
    const device = await adapter.requestDevice({ label: 'preview' });
    return new GpuContext({ device, ownsDevice: true });
  } catch {
    // An adapter that gives no device is none: the processor composites instead.
    return null;
  }
}

function isGpuFailure(error: unknown): boolean {
  return error instanceof AppError && error.code.startsWith('gpu/');
}
