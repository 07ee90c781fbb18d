import { must } from '../../src/base/assert.ts';
import { createStoredSource } from '../../src/engine/package-source.ts';
import { Engine } from '../../src/engine/service.ts';
import { openBlobStore } from '../../src/store/blob-store.ts';
import { createPackageStore } from '../../src/store/package-store.ts';
import { projectOf } from './engine.ts';
import { makeClip } from './make-clip.ts';

/** Buffers on any device of this page that nobody destroyed yet, but for those of our own pool, which all have a label. */
const unlabelled = new Map<GPUBuffer, number>();

const { createBuffer } = GPUDevice.prototype;
GPUDevice.prototype.createBuffer = function (descriptor) {
  const buffer = createBuffer.call(this, descriptor);
  if ((descriptor.label ?? '') === '') {
    unlabelled.set(buffer, descriptor.size);
  }
  return buffer;
};
const { destroy } = GPUBuffer.prototype;
GPUBuffer.prototype.destroy = function () {
  unlabelled.delete(this);
  destroy.call(this);
};

const bytesOf = (buffers: Iterable<GPUBuffer>) =>
  [...buffers].reduce((sum, buffer) => sum + (unlabelled.get(buffer) ?? 0), 0);

export type ReplacedModel = {
  /** What was asked of the package's prompt reader before its model was loaded, and after it was replaced. */
  readonly asked: readonly (readonly string[])[];
  /** ONNX Runtime's bytes on the device once a model was loaded. */
  readonly loaded: number;
  /** What of them is still there once another one took its place, and once a job failed. */
  readonly afterReplacing: number;
  readonly afterFailing: number;
};

/** Reads a prompt, loads a model, and another one in its place; nothing is drawn. `model` is a stored package. */
export async function replaceModel(model: string): Promise<ReplacedModel> {
  const store = createPackageStore(await openBlobStore());
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('model-memory', { create: true });
  const engine = new Engine({ findSource: (id) => createStoredSource(id, store), folder });
  await engine.start({ choice: 'webgpu', bankBytes: null });
  const source = await makeClip({ width: 192, height: 128, frames: 2, frameRate: 10 });
  /** Cancels once the model is loaded, or lets the job fail there. */
  const load = async (size: number, end: 'cancel' | 'fail') => {
    const project = projectOf({ settings: { model, size, steps: 1, anchors: 1 } });
    const request = { jobId: 'job', source, project, editId: 'edit' };
    const ended = await engine
      .edit(request, (event) => {
        if (event.kind === 'progress' && event.progress.stage === 'preparing') {
          if (end === 'fail') {
            throw new Error('whoever listens fails');
          }
          engine.cancel('job');
        }
      })
      .catch(() => 'ended');
    must(ended === 'ended' ? ended : null, 'a job that ends early');
  };
  const read = async () => (await engine.readPrompt(model, '!'))?.asked ?? ['nothing'];
  try {
    const asked = [await read()];
    await load(64, 'cancel');
    asked.push(await read());
    const first = [...unlabelled.keys()];
    const loaded = bytesOf(first);
    await load(96, 'cancel');
    const afterReplacing = bytesOf(first);
    asked.push(await read());
    const second = [...unlabelled.keys()];
    await load(64, 'fail');
    return { asked, loaded, afterReplacing, afterFailing: bytesOf(second) };
  } finally {
    engine.dispose();
  }
}
