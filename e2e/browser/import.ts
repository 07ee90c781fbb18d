import { toAppError } from '../../src/base/error.ts';
import { sha256 } from '../../src/base/hash.ts';
import { EngineClient } from '../../src/app/engine-client.ts';
import type { JobEvent } from '../../src/protocol/engine.ts';
import type {
  ImportProgress,
  ImportRequest,
  ImportSummary,
  ModelLibrary,
} from '../../src/protocol/model-library.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { projectOf } from './engine.ts';
import { harnessFile } from './files.ts';
import { makeClip } from './make-clip.ts';

/** The app's own way to the engine, worker and storage included. */
const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => undefined);

export type ImportOptions = {
  /** Id of a folder input that the test filled. */
  readonly input: string;
  readonly quantisation?: ImportRequest['quantisation'];
  /** A LoRA file that the test provided, and its weight. */
  readonly lora?: { readonly name: string; readonly weight: number };
  /** Cancel once this many files are done. */
  readonly cancelAt?: number;
};

export type ImportOutcome = {
  readonly summary: ImportSummary | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly progress: readonly ImportProgress[];
  readonly library: ModelLibrary;
  /** Time of the last change of every file below `models/`, by path. */
  readonly written: Readonly<Record<string, number>>;
  /** Names in the folder of half-written files. */
  readonly temporary: readonly string[];
};

function pickedFolder(input: string) {
  const element = document.getElementById(input);
  const files = element instanceof HTMLInputElement ? [...(element.files ?? [])] : [];
  return {
    name: files[0]?.webkitRelativePath.split('/')[0] ?? '',
    files: files.map((file) => ({ path: file.webkitRelativePath, file })),
  };
}

export async function importFolder(options: ImportOptions): Promise<ImportOutcome> {
  const { cancelAt, quantisation = 'q8', lora } = options;
  const loras = lora === undefined ? [] : [{ file: harnessFile(lora.name), weight: lora.weight }];
  const abort = new AbortController();
  const progress: ImportProgress[] = [];
  let summary: ImportSummary | null = null;
  let error: ImportOutcome['error'] = null;
  try {
    summary = await client.importModel(
      { jobId: 'import', ...pickedFolder(options.input), quantisation, loras },
      (step) => {
        progress.push(step);
        if (step.done === cancelAt) {
          abort.abort();
        }
      },
      abort.signal,
    );
  } catch (thrown) {
    const { code, message } = toAppError(thrown, 'internal/assert');
    error = { code, message };
  }
  const root = await navigator.storage.getDirectory();
  return {
    summary,
    error,
    progress,
    library: await client.listModels(),
    written: await changeTimes(root, 'models'),
    temporary: Object.keys(await changeTimes(root, 'temp')),
  };
}

export async function removeModel(id: string): Promise<ModelLibrary> {
  await client.removeModel(id);
  return await client.listModels();
}

/** SHA-256 of the edited pictures of a clip of two frames, made by this package. */
export async function editWith(
  model: string,
  onEvent: (event: JobEvent) => void = () => undefined,
): Promise<readonly string[]> {
  const source = await makeClip({ width: 192, height: 128, frames: 2, frameRate: 10 });
  const project = projectOf({ settings: { model, size: 64, steps: 1, anchors: 1 } });
  const { recipe } = await client.edit(
    { jobId: crypto.randomUUID(), source, project, editId: 'edit' },
    onEvent,
    new AbortController().signal,
  );
  const store = await openPictureStore();
  const hashes: string[] = [];
  for (const frame of [...(await store.frames(recipe))].toSorted((a, b) => a - b)) {
    const picture = await store.get(recipe, frame);
    hashes.push(picture === null ? 'missing' : await sha256(picture.data));
  }
  await store.remove(recipe);
  return hashes;
}

/** An import that is asked for while an edit runs: what ended, in this order, and the edit's pictures. */
export async function importDuringEdit(input: string): Promise<readonly string[]> {
  const ends: string[] = [];
  const imports: Promise<void>[] = [];
  const hashes = await editWith('starter', (event) => {
    if (event.kind === 'recipe') {
      imports.push(
        importFolder({ input, cancelAt: 2 }).then(({ error }) => {
          ends.push(`import ${error?.code ?? 'done'}`);
        }),
      );
    }
  });
  ends.push('edit');
  await Promise.all(imports);
  return [...ends, ...hashes];
}

async function changeTimes(
  root: FileSystemDirectoryHandle,
  folder: string,
): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  const walk = async (at: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const [name, handle] of at.entries()) {
      if (handle.kind === 'directory') {
        await walk(handle as FileSystemDirectoryHandle, `${path}${name}/`);
      } else {
        times[`${path}${name}`] = (await (handle as FileSystemFileHandle).getFile()).lastModified;
      }
    }
  };
  const start = await root.getDirectoryHandle(folder).catch(() => null);
  if (start !== null) {
    await walk(start, '');
  }
  return times;
}
