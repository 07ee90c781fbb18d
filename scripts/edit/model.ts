import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/base/error.ts';
import { parseManifest, type Manifest } from '../../src/models/manifest.ts';
import { ROOT } from '../steps.ts';
import type { EditOptions } from './options.ts';

/** The package of an edit. */
export type EditModel = {
  readonly manifest: Manifest;
  /** Of the disk, absolute; null for a package beside the app. */
  readonly folder: string | null;
};

/** `--model`: a package beside the app by its id, or the folder of a compiled one. Files are checked when they are loaded. */
export async function findModel({ model }: EditOptions): Promise<EditModel> {
  const isId = /^[a-z0-9][a-z0-9._-]*$/.test(model.name);
  const shipped = isId ? await readManifest(join(ROOT, 'public/models', model.name)) : null;
  if (shipped !== null) {
    return { manifest: shipped, folder: null };
  }
  const manifest = await readManifest(model.path);
  if (manifest === null) {
    throw new AppError(
      'model/not-found',
      `“${model.name}” is neither a package in public/models nor a folder with a manifest.json.`,
    );
  }
  return { manifest, folder: model.path };
}

/** null if there is none; `model/bad-manifest` if it can't be read. */
async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) {
    return null;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('model/bad-manifest', `${join(folder, 'manifest.json')} is no JSON.`, {
      cause,
    });
  }
  return parseManifest(json);
}
