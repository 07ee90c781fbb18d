import { expose, releaseProxy, transfer, type Remote } from 'comlink';
import { describeAdapter } from '../engine/runtime/decide-runtime.ts';
import type { View } from '../protocol/preview.ts';
import { toRemote } from '../protocol/remote.ts';
import { Preview } from '../render/preview/preview.ts';
import { openPreviewGpu, PreviewRenderer } from '../render/preview/preview-renderer.ts';
import { openPictureStore } from '../store/picture-store.ts';

type OnThumbnail = (frame: number, image: ImageBitmap) => void;

/** Hands bitmaps over without a copy, and the callback's port back when all are sent. */
class WorkerPreview extends Preview {
  override async thumbnails(
    view: View,
    frames: readonly number[],
    height: number,
    onThumbnail: OnThumbnail,
  ): Promise<void> {
    const remote = onThumbnail as OnThumbnail & Partial<Remote<OnThumbnail>>;
    try {
      await super.thumbnails(view, frames, height, (frame, image) => {
        onThumbnail(frame, transfer(image, [image]));
      });
    } finally {
      remote[releaseProxy]?.();
    }
  }
}

const preview = new WorkerPreview(async (runtime) => {
  const gpu =
    runtime === 'cpu'
      ? null
      : await openPreviewGpu((info) => runtime === 'webgpu' || !describeAdapter(info).isSoftware);
  return new PreviewRenderer(await openPictureStore(), gpu);
});
expose(toRemote(preview));
