import { wasmBytesNow } from './wasm-memories.ts';
import { runEditJob } from '../../src/engine/edit-job.ts';
import { ModelCache } from '../../src/engine/model-cache.ts';
import { createAppSource } from '../../src/engine/package-source.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { EditRequest, RuntimeKind } from '../../src/protocol/engine.ts';
import { openBlobStore } from '../../src/store/blob-store.ts';
import { createPackageStore } from '../../src/store/package-store.ts';
import { openPictureStore, type PictureStore } from '../../src/store/picture-store.ts';
import { projectOf } from './engine.ts';
import { harnessFile } from './files.ts';

/* One edit of a whole clip in this page, stopped now and then to look at the memory: for the benchmark of lengths. */

export type LengthRequest = {
  readonly file: string;
  /** Edited before, so that code which the browser compiles as it gets hot is not taken for data. */
  readonly warmUp: string;
  readonly frames: number;
  readonly model: string;
  readonly runtime: RuntimeKind;
  readonly size: number;
  /** How often memory is looked at, at frames evenly spread. */
  readonly samples: number;
};

export type LengthRun = {
  readonly frames: number;
  /** From the call to the last stored picture, the model loaded before, without the time that looking took. */
  readonly seconds: number;
  /** Most of all looks: the JS heap after a forced collection, array buffers included; and WebAssembly's memories. */
  readonly heapBytes: number;
  readonly wasmBytes: number;
  /** Most that tensors took on the device at any time, by the runtime's own count; 0 on the cpu, whose tensors lie in the heap. */
  readonly gpuBytes: number;
  /** What each look found in the heap, in order. */
  readonly heap: readonly number[];
};

/** Given by whoever drives the page: collects garbage and tells the bytes that are left. */
type Driver = { readonly deltacutHeapBytes: () => Promise<number> };

/** Looks at the memory when certain frames are stored: the batch they belong to is still held then. */
class Watch {
  readonly heap: number[] = [];
  wasmBytes = 0;
  seconds = 0;
  readonly #at: Set<number>;
  #looks = 0;
  #lookingSince = 0;

  constructor(frames: number, samples: number) {
    this.#at = new Set(
      Array.from({ length: samples }, (_, i) => Math.floor(((i + 1) * frames) / samples) - 1),
    );
  }

  async onStored(frame: number): Promise<void> {
    if (!this.#at.delete(frame)) {
      return;
    }
    // Frames of one batch are stored side by side: looks that overlap cost their time once.
    if (this.#looks++ === 0) {
      this.#lookingSince = performance.now();
    }
    this.heap.push(await (window as unknown as Driver).deltacutHeapBytes());
    this.wasmBytes = Math.max(this.wasmBytes, wasmBytesNow());
    if (--this.#looks === 0) {
      this.seconds += (performance.now() - this.#lookingSince) / 1000;
    }
  }
}

/** A frame's edit is stored after its decoded source: then it is finished. */
function watched(pictures: PictureStore, recipe: () => string, watch: Watch): PictureStore {
  return {
    ...pictures,
    put: async (name, frame, picture) => {
      await pictures.put(name, frame, picture);
      if (name === recipe()) {
        await watch.onStored(frame);
      }
    },
  };
}

/** The job of a clip; the warm-up's seed differs, so that its pictures are not found again. */
function jobOf(file: string, { model, size }: LengthRequest, seed: number): EditRequest {
  return {
    jobId: file,
    source: harnessFile(file),
    project: projectOf({ settings: { model, size, seed, steps: 1, anchors: 4 } }),
    editId: 'edit',
  };
}

export async function runLength(request: LengthRequest): Promise<LengthRun> {
  const runtime = await createRuntime(request.runtime);
  const packages = createPackageStore(await openBlobStore());
  const clock = new StageClock();
  const models = new ModelCache(runtime, clock, (id) =>
    createAppSource(id, new URL('/', location.origin), () => Promise.resolve(packages)),
  );
  const watch = new Watch(request.frames, request.samples);
  let recipe = '';
  const store = await openPictureStore();
  const tools = { runtime, models, clock, bankBudget: 2 ** 30, batchesPerChunk: 8 };
  const { signal } = new AbortController();
  try {
    await runEditJob(
      jobOf(request.warmUp, request, 1),
      { ...tools, pictures: store },
      () => undefined,
      signal,
    );
    const summary = await runEditJob(
      jobOf(request.file, request, 2),
      { ...tools, pictures: watched(store, () => recipe, watch) },
      (event) => {
        if (event.kind === 'recipe') {
          ({ recipe } = event);
        }
      },
      signal,
    );
    return {
      frames: summary.edited,
      seconds: summary.seconds - watch.seconds,
      heapBytes: Math.max(...watch.heap),
      wasmBytes: watch.wasmBytes,
      gpuBytes: request.runtime === 'webgpu' ? runtime.bytes.peak : 0,
      heap: watch.heap,
    };
  } finally {
    models.dispose();
    runtime.dispose();
  }
}
