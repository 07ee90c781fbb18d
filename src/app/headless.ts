import { AppError } from '../base/error.ts';
import type { ExportSummary, JobEvent } from '../protocol/engine.ts';
import type {
  HeadlessApi,
  HeadlessDriver,
  HeadlessRequest,
  HeadlessResult,
} from '../protocol/headless.ts';
import { toRemote } from '../protocol/remote.ts';
import { EngineClient } from './engine-client.ts';
import { download, privateTarget } from './export.ts';
import { FramesClient } from './frames-client.ts';

/* engine.html: the engine without the page, driven from outside through `window.deltacut`. */

const driver = window as unknown as Window & HeadlessDriver;

let engine: EngineClient | null = null;
let exported: FileSystemFileHandle | null = null;
/** Starts its worker at the first call. */
const frames = new FramesClient();

function client(): EngineClient {
  if (engine === null) {
    throw new AppError('internal/assert', 'start was not called');
  }
  return engine;
}

function chosenFile(): File {
  const input = document.getElementById('source');
  const file = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
  if (file === undefined) {
    throw new AppError('internal/assert', 'no source file was chosen');
  }
  return file;
}

function onEvent(event: JobEvent): void {
  void driver.deltacutEvent(event);
}

/** Bytes as base64, in pieces that fit an argument list. */
function toBase64(bytes: Uint8Array): string {
  const PIECE = 0x8000;
  let text = '';
  for (let start = 0; start < bytes.length; start += PIECE) {
    text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(text);
}

async function run(request: HeadlessRequest): Promise<HeadlessResult> {
  const source = chosenFile();
  const never = new AbortController().signal;
  const editId = request.project.edits[0]?.id ?? '';
  const edit = await client().edit(
    { jobId: 'edit', source, project: request.project, editId },
    onEvent,
    never,
  );
  const target = await privateTarget(`export.${request.container}`);
  const summary: ExportSummary = await client().export(
    {
      jobId: 'export',
      sources: request.project.clips.map(({ id }) => ({ clipId: id, file: source })),
      project: request.project,
      results: [{ editId, recipe: edit.recipe, base: edit.base, anchors: edit.anchors }],
      container: request.container,
      target: target.handle,
      wantFrames: request.wantFrames,
    },
    onEvent,
    never,
    async (index, png) => {
      await driver.deltacutFrame(index, toBase64(png));
    },
  );
  exported = target.handle;
  return { edit, export: summary };
}

const api: HeadlessApi = {
  start: async (choice) => {
    engine = new EngineClient({ choice, bankBytes: null }, () => {
      // The pending call rejects with the same error; there is nobody else to tell.
    });
    return await engine.start();
  },
  run,
  save: async (name) => {
    if (exported === null) {
      throw new AppError('internal/assert', 'nothing was exported');
    }
    const file = await exported.getFile();
    exported = null;
    download(URL.createObjectURL(file), name);
  },
  openFrames: async () => await frames.open(chosenFile()),
  readFrame: async (index) => {
    const { data } = await frames.read(index);
    return toBase64(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  },
};

Object.assign(window, { deltacut: toRemote(api) });
