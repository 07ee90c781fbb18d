import { AppError, toAppError } from '../base/error.ts';
import { measureCheckpoint } from '../models/checkpoint-size.ts';
import { compileCheckpoint } from '../models/compile.ts';
import { chooseQuantisation, type MachineMemory } from '../models/quantise/default-quantisation.ts';
import type { CheckpointSource } from '../models/reading/byte-source.ts';
import { pickedCheckpoint, pickedSource } from '../models/reading/picked-files.ts';
import { PICKLE } from '../models/reading/weights.ts';
import type { ImportProgress, ImportRequest, ImportSummary } from '../protocol/model-library.ts';
import type { PackageStore } from '../store/package-store.ts';
import { packageId } from './model-library.ts';

/** What an interrupted import may be taken up from; after anything else its half-written files are of no use. */
const RESUMABLE: readonly string[] = ['job/cancelled', 'store/quota', 'store/failed'];

const LOCK = 'deltacut-import';

type ImportTools = {
  readonly store: PackageStore;
  /** Asked only where the quantisation is to be chosen. */
  readonly machine: () => Promise<MachineMemory>;
};

/**
 * Compiles a picked folder into the store. A cancelled import leaves its finished files for the next one of the same
 * folder; a checkpoint that is refused leaves nothing.
 */
export async function runImportJob(
  request: ImportRequest,
  tools: ImportTools,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal,
): Promise<ImportSummary> {
  // Two tabs would take the same id.
  return await navigator.locks.request(LOCK, { signal }, () =>
    importFolder(request, tools, onProgress, signal),
  );
}

async function importFolder(
  request: ImportRequest,
  { store, machine }: ImportTools,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const started = performance.now();
  checkLayout(request);
  const source = pickedCheckpoint(request.files);
  const { quantisation, reason } = await decide(request, source, machine);
  const complete = await store.packages();
  const id = packageId(request.name, quantisation, new Set(complete.map((one) => one.id)));
  try {
    const result = await compileCheckpoint(source, store.writer(id, request.name), {
      id,
      quantisation,
      signal,
      loras: request.loras.map(({ file, weight }) => ({
        file: pickedSource(file.name, file),
        weight,
      })),
      onProgress: ({ done, total, bytes, reused }) => onProgress({ done, total, bytes, reused }),
    });
    return {
      id,
      title: result.manifest.title,
      quantisation,
      reason,
      bytes: result.bytesOut,
      files: result.manifest.files.length,
      reused: result.reused,
      unknownLoraKeys: result.loras.flatMap((lora) => lora.unknown),
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    const known = toAppError(error, 'model/bad-checkpoint');
    if (!RESUMABLE.includes(known.code)) {
      await store.remove(id);
    }
    throw known;
  }
}

/** Says what a folder is that is no checkpoint in diffusers layout, before a missing file is named. */
function checkLayout({ name, files }: ImportRequest): void {
  if (files.some(({ path }) => /(^|\/)unet\/config\.json$/.test(path))) {
    return;
  }
  const pickle = files.find(({ path }) => PICKLE.test(path));
  if (pickle !== undefined) {
    throw new AppError('model/pickle-refused', pickle.path);
  }
  throw new AppError(
    'model/bad-checkpoint',
    `“${name}” has no unet/config.json. Choose a folder in diffusers layout: unet, vae, text_encoder, tokenizer and scheduler.`,
  );
}

async function decide(
  { quantisation }: ImportRequest,
  source: CheckpointSource,
  machine: ImportTools['machine'],
) {
  return quantisation === 'auto'
    ? chooseQuantisation(await measureCheckpoint(source), await machine())
    : { quantisation, reason: 'It was chosen by hand.' };
}
