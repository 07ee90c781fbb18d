import { proxy, wrap, type Remote } from 'comlink';
import type { Microseconds, Seconds } from '../base/units.ts';
import { callRemote, type RemoteService } from '../protocol/remote.ts';
import type {
  SoundBlock,
  SoundService,
  SoundSource,
  SoundStream,
  SoundStretch,
  WaveformPart,
} from '../protocol/sound.ts';
import { WorkerHandle } from './worker-handle.ts';

/** The page's side of the sound worker. Where sound can't be had, the picture plays on alone: nobody need be told. */
export class SoundClient {
  readonly #handle = new WorkerHandle<Remote<RemoteService<SoundService>>>(
    () => {
      const worker = new Worker(new URL('../workers/sound.worker.ts', import.meta.url), {
        type: 'module',
        name: 'sound',
      });
      return { worker, remote: wrap<RemoteService<SoundService>>(worker) };
    },
    () => {
      // The pending call rejects with the same error.
    },
  );

  begin(pieces: readonly SoundStretch[], from: Microseconds): Promise<SoundStream | null> {
    return this.#handle.call((remote) => callRemote(remote.begin(pieces, from)));
  }

  read(): Promise<SoundBlock | null> {
    return this.#handle.call((remote) => callRemote(remote.read()));
  }

  end(): void {
    if (this.#handle.isRunning) {
      void this.#handle.call((remote) => callRemote(remote.end())).catch(() => undefined);
    }
  }

  waveform(
    source: SoundSource,
    duration: Seconds,
    onPart: (part: WaveformPart) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#handle.call(
      (remote) => callRemote(remote.waveform(source, duration, proxy(onPart))),
      { signal },
    );
  }

  dispose(): void {
    this.#handle.dispose();
  }
}
