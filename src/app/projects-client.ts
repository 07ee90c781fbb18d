import { proxy, wrap, type Remote } from 'comlink';
import type {
  PackedContents,
  PackedSizes,
  PackRequest,
  TransferProgress,
  UnpackRequest,
  UnpackSummary,
} from '../protocol/project-file.ts';
import type {
  NeededSize,
  Needs,
  OpenedProject,
  OpenOptions,
  ProjectEvent,
  ProjectsService,
  StorageUse,
  StoredProject,
} from '../protocol/projects.ts';
import { callRemote, type RemoteService } from '../protocol/remote.ts';
import { WorkerHandle } from './worker-handle.ts';

type ProjectsRemote = Remote<RemoteService<ProjectsService>>;

/** The page's side of the store worker. A fresh worker after a crash becomes the writer again at its first write. */
export class ProjectsClient {
  readonly #handle: WorkerHandle<ProjectsRemote>;

  constructor(onEvent: (event: ProjectEvent) => void) {
    this.#handle = new WorkerHandle<ProjectsRemote>(
      () => {
        const worker = new Worker(new URL('../workers/store.worker.ts', import.meta.url), {
          type: 'module',
          name: 'store',
        });
        const remote = wrap<RemoteService<ProjectsService>>(worker);
        void remote.listen(proxy(onEvent));
        return { worker, remote };
      },
      () => {
        // The pending call rejects with the same error, and what was to be written is written again.
      },
    );
  }

  list(): Promise<StoredProject[]> {
    return this.#handle.call((remote) => callRemote(remote.list()));
  }

  open(id: string, options: OpenOptions): Promise<OpenedProject> {
    return this.#handle.call((remote) => callRemote(remote.open(id, options)));
  }

  append(id: string, text: string): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.append(id, text)));
  }

  close(id: string): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.close(id)));
  }

  /** Writes one state of a project that is not open: a copy, a rename. */
  rewrite(id: string, text: string): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.rewrite(id, text)));
  }

  remove(id: string, leftovers: Needs): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.remove(id, leftovers)));
  }

  keepClip(name: string, file: File): Promise<boolean> {
    return this.#handle.call((remote) => callRemote(remote.keepClip(name, file)));
  }

  clip(name: string): Promise<File | null> {
    return this.#handle.call((remote) => callRemote(remote.clip(name)));
  }

  frames(recipe: string, base: string): Promise<number[]> {
    return this.#handle.call((remote) => callRemote(remote.frames(recipe, base)));
  }

  sizeOf(needs: Needs): Promise<NeededSize> {
    return this.#handle.call((remote) => callRemote(remote.sizeOf(needs)));
  }

  usage(): Promise<StorageUse> {
    return this.#handle.call((remote) => callRemote(remote.usage()));
  }

  clearPictures(kept: readonly string[]): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.clearPictures(kept)));
  }

  measurePacked(contents: PackedContents): Promise<PackedSizes> {
    return this.#handle.call((remote) => callRemote(remote.measurePacked(contents)));
  }

  pack(
    request: PackRequest,
    onProgress: (progress: TransferProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.pack(request, proxy(onProgress))), {
      signal,
      softCancel: cancelling(request.jobId),
    });
  }

  peek(file: File): Promise<string> {
    return this.#handle.call((remote) => callRemote(remote.peek(file)));
  }

  unpack(
    request: UnpackRequest,
    onProgress: (progress: TransferProgress) => void,
    signal: AbortSignal,
  ): Promise<UnpackSummary> {
    return this.#handle.call((remote) => callRemote(remote.unpack(request, proxy(onProgress))), {
      signal,
      softCancel: cancelling(request.jobId),
    });
  }

  /** Ends the worker; what another tab waits for is free then. */
  dispose(): void {
    this.#handle.dispose();
  }
}

function cancelling(jobId: string): (remote: ProjectsRemote) => void {
  return (remote) => {
    void remote.cancelTransfer(jobId).catch(() => {
      // The worker ended, and the transfer with it.
    });
  };
}
