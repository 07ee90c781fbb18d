import { FFmpeg, type FFFSType } from '@ffmpeg/ffmpeg';
import coreUrl from '@ffmpeg/core?url';
import wasmUrl from '@ffmpeg/core/wasm?url';
import { AppError } from '../../base/error.ts';
import type { Disposable } from '../../base/disposal.ts';
import { withTimeout } from '../timeout.ts';
import { createRing, RingReader } from './byte-ring.ts';
import type { PipeMount } from './pipe-fs.ts';
// oxlint-disable-next-line import/default -- Vite makes the default export
import workerUrl from './ffmpeg.worker.ts?worker&url';

const MOUNT = '/pipe';
/** Where commands find the clip, and where they write what the caller reads. */
export const INPUT_PATH = `${MOUNT}/in`;
export const OUTPUT_PATH = `${MOUNT}/out`;
const RING_BYTES = 8 << 20;
const LOAD_TIMEOUT_MS = 60_000;
const CANCEL_TIMEOUT_MS = 5000;
const KEPT_LOG_LINES = 60;

export type FfmpegStream = {
  readonly reader: RingReader;
  /** Exit code of the command, once it has ended. */
  readonly done: Promise<number>;
  /** Stops the command; resolves when the session is free again. */
  cancel(): Promise<void>;
};

/** One ffmpeg.wasm in its own worker, bound to one file. It runs one command at a time. */
export class FfmpegSession implements Disposable {
  readonly #ffmpeg: FFmpeg;
  readonly #file: Blob;
  readonly #log: string[] = [];
  #onLine: ((line: string) => void) | null = null;
  #mounted = false;
  #usable = true;

  private constructor(ffmpeg: FFmpeg, file: Blob) {
    this.#ffmpeg = ffmpeg;
    this.#file = file;
    ffmpeg.on('log', ({ message }) => {
      this.#log.push(message);
      if (this.#log.length > KEPT_LOG_LINES) {
        this.#log.shift();
      }
      this.#onLine?.(message);
    });
  }

  static async open(file: Blob): Promise<FfmpegSession> {
    const ffmpeg = new FFmpeg();
    try {
      await withTimeout(
        ffmpeg.load({
          coreURL: absolute(coreUrl),
          wasmURL: absolute(wasmUrl),
          classWorkerURL: absolute(workerUrl),
        }),
        LOAD_TIMEOUT_MS,
        () => new AppError('media/fallback-failed', 'ffmpeg could not be loaded in time.'),
      );
    } catch (error) {
      ffmpeg.terminate();
      throw error instanceof AppError
        ? error
        : new AppError('media/fallback-failed', 'ffmpeg could not be loaded.', { cause: error });
    }
    return new FfmpegSession(ffmpeg, file);
  }

  /** The last lines that ffmpeg said, for messages. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Runs ffprobe on the clip and returns what it prints. `args` ask for the fields. */
  async probe(args: readonly string[], timeoutMs: number): Promise<string> {
    await this.#mount();
    const result = '/probe.txt';
    await this.#limited(
      this.#ffmpeg.ffprobe(['-v', 'error', ...args, '-i', INPUT_PATH, '-o', result]),
      timeoutMs,
    );
    const text = await this.#ffmpeg.readFile(result, 'utf8').catch(() => '');
    await this.#ffmpeg.deleteFile(result).catch(() => false);
    return typeof text === 'string' ? text : new TextDecoder().decode(text);
  }

  /** Starts a command that writes to `OUTPUT_PATH`; its bytes are read while it runs. */
  async start(args: readonly string[], onLine?: (line: string) => void): Promise<FfmpegStream> {
    const reader = await this.#mount();
    this.#log.length = 0;
    this.#onLine = onLine ?? null;
    const done = this.#ffmpeg
      .exec([...args])
      .catch(() => 1)
      .finally(() => reader.end());
    return {
      reader,
      done,
      cancel: async () => {
        reader.cancel();
        await this.#limited(done, CANCEL_TIMEOUT_MS).catch(() => 1);
      },
    };
  }

  /** False once it was disposed or had to be ended because a command would not. */
  get usable(): boolean {
    return this.#usable;
  }

  dispose(): void {
    this.#usable = false;
    this.#ffmpeg.terminate();
  }

  /** Each command gets a ring of its own: what a cancelled one left behind must not reach the next. */
  async #mount(): Promise<RingReader> {
    const ring = createRing(RING_BYTES);
    const options: PipeMount = { file: this.#file, ring };
    if (this.#mounted) {
      await this.#ffmpeg.unmount(MOUNT);
    } else {
      await this.#ffmpeg.createDir(MOUNT);
    }
    // The package's types know its own file systems only; the worker knows ours.
    await this.#ffmpeg.mount('PIPEFS' as FFFSType, options as object, MOUNT);
    this.#mounted = true;
    return new RingReader(ring);
  }

  /** A command that outlives its limit takes the worker with it: nothing else can stop it. */
  async #limited<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    return await withTimeout(work, timeoutMs, () => {
      this.dispose();
      return new AppError('media/damaged', 'Reading it took too long.');
    });
  }
}

/** Arguments written as one would type them; none of ours holds a space. */
export function commandLine(...parts: readonly string[]): string[] {
  return parts.flatMap((part) => part.split(' ')).filter((word) => word !== '');
}

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}
