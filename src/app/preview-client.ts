import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { AppError } from '../base/error.ts';
import type { RuntimeChoice } from '../protocol/engine.ts';
import type { PreviewedClip, PreviewService, Shown, View } from '../protocol/preview.ts';
import { callRemote, type RemoteService } from '../protocol/remote.ts';
import { WorkerHandle } from './worker-handle.ts';

type PreviewRemote = Remote<RemoteService<PreviewService>>;

/** The page's side of the preview worker, which owns the viewer's canvas and never waits for a job. */
export class PreviewClient {
  readonly #handle: WorkerHandle<PreviewRemote>;
  #choice: RuntimeChoice;

  /** `choice` is what composites: the same as what the engine runs on. */
  constructor(onEnd: (error: AppError) => void, choice: RuntimeChoice = 'auto') {
    this.#choice = choice;
    this.#handle = new WorkerHandle<PreviewRemote>(() => {
      const worker = new Worker(new URL('../workers/preview.worker.ts', import.meta.url), {
        type: 'module',
        name: 'preview',
      });
      return { worker, remote: wrap<RemoteService<PreviewService>>(worker) };
    }, onEnd);
  }

  /** For the next clip that is opened. */
  choose(choice: RuntimeChoice): void {
    this.#choice = choice;
  }

  /** Hands the canvas over for good. */
  attach(canvas: HTMLCanvasElement): Promise<void> {
    const offscreen = canvas.transferControlToOffscreen();
    return this.#handle.call((remote) =>
      callRemote(remote.attach(transfer(offscreen, [offscreen]))),
    );
  }

  /** Size of the drawn picture in device pixels. */
  resize(width: number, height: number): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.resize(width, height)));
  }

  open(source: File, signal: AbortSignal): Promise<PreviewedClip> {
    return this.#handle.call((remote) => callRemote(remote.open(source, this.#choice)), {
      signal,
    });
  }

  /** One more clip of the same project. */
  add(source: File, signal: AbortSignal): Promise<PreviewedClip> {
    return this.#handle.call((remote) => callRemote(remote.add(source)), { signal });
  }

  show(view: View): Promise<Shown | null> {
    return this.#handle.call((remote) => callRemote(remote.show(view)));
  }

  thumbnails(
    view: View,
    frames: readonly number[],
    height: number,
    onThumbnail: (frame: number, image: ImageBitmap) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#handle.call(
      (remote) => callRemote(remote.thumbnails(view, frames, height, proxy(onThumbnail))),
      { signal },
    );
  }

  close(): Promise<void> {
    return this.#handle.isRunning
      ? this.#handle.call((remote) => callRemote(remote.close()))
      : Promise.resolve();
  }

  dispose(): void {
    this.#handle.dispose();
  }
}
