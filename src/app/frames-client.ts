import { wrap, type Remote } from 'comlink';
import type { FramesInfo, FramesService } from '../protocol/frames.ts';
import type { Picture } from '../protocol/media.ts';
import { callRemote, type RemoteService } from '../protocol/remote.ts';
import { WorkerHandle } from './worker-handle.ts';

/** The page's side of the frames worker. */
export class FramesClient {
  readonly #handle = new WorkerHandle<Remote<RemoteService<FramesService>>>(
    () => {
      const worker = new Worker(new URL('../workers/frames.worker.ts', import.meta.url), {
        type: 'module',
        name: 'frames',
      });
      return { worker, remote: wrap<RemoteService<FramesService>>(worker) };
    },
    () => {
      // The pending call rejects with the same error; there is nobody else to tell.
    },
  );

  open(file: File): Promise<FramesInfo> {
    return this.#handle.call((remote) => callRemote(remote.open(file)));
  }

  read(index: number): Promise<Picture> {
    return this.#handle.call((remote) => callRemote(remote.read(index)));
  }
}
