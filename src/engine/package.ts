import { must } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import { sha256 } from '../base/hash.ts';
import { parseManifest, type Manifest } from '../models/manifest.ts';
import type { RuntimeKind } from '../protocol/engine.ts';
import type { BytesListener, PackageSource } from './package-source.ts';

const MANIFEST = 'manifest.json';
const GIGABYTE = 2 ** 30;
/** WASM has 4 GB of address space; sessions need room beside the weights for their work. */
const LARGEST_ON_CPU = 2.75 * GIGABYTE;

/** A package whose manifest is known. Files are read and checked one by one. */
export type ModelPackage = {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest, which holds the hashes of all files: it names the weights. */
  readonly hash: string;
  /** A file of the manifest, its checksum compared (`model/hash-mismatch`). */
  readFile(
    path: string,
    signal: AbortSignal,
    onBytes?: BytesListener,
  ): Promise<Uint8Array<ArrayBuffer>>;
};

/** Reads and checks the manifest. `model/not-found`, `model/bad-manifest`. */
export async function openPackage(
  source: PackageSource,
  signal: AbortSignal,
): Promise<ModelPackage> {
  const bytes = await source.read(MANIFEST, signal);
  const manifest = parseManifest(parseJson(bytes, source.id));
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  return {
    manifest,
    hash: await sha256(bytes),
    readFile: async (path, fileSignal, onBytes) => {
      const entry = listed.get(path);
      if (entry === undefined) {
        throw new AppError('model/bad-manifest', `${path} is not in its list of files.`);
      }
      const data = await source.read(path, fileSignal, onBytes);
      if (data.length !== entry.bytes || (await sha256(data)) !== entry.sha256) {
        throw new AppError(
          'model/hash-mismatch',
          `${path}, ${data.length} of ${entry.bytes} bytes.`,
        );
      }
      return data;
    },
  };
}

/** Refuses before loading what can't fit; says which quantisation might. */
export function checkFits(manifest: Manifest, runtime: RuntimeKind): void {
  const onDisk = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  // Half-precision weights are opened to float32 as they are loaded.
  const bytes = manifest.quantisation === 'f16' ? 2 * onDisk : onDisk;
  if (runtime === 'cpu' && bytes > LARGEST_ON_CPU) {
    const size = (bytes / GIGABYTE).toFixed(1);
    throw new AppError(
      'model/too-large-for-runtime',
      `Its weights (${manifest.quantisation}) take ${size} GB; the CPU runtime takes 2.75 GB. Compile it with q8 or q4.`,
    );
  }
}

/** The files whose weights decide pictures of the autoencoder alone. */
export function autoencoderHash(manifest: Manifest): string {
  const { encoder, decoder } = manifest.vae;
  return [encoder.file, decoder.file]
    .map(
      (path) =>
        must(
          manifest.files.find((file) => file.path === path),
          path,
        ).sha256,
    )
    .join(' ');
}

function parseJson(bytes: Uint8Array, id: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw new AppError('model/bad-manifest', `The manifest of ${id} is no JSON.`, { cause: error });
  }
}
