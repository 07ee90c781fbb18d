import { toAppError } from '../base/error.ts';
import { parseManifest } from '../models/manifest.ts';
import type { ImportedModel, ModelLibrary, Quantisation } from '../protocol/model-library.ts';
import { readsOf } from '../protocol/model-reads.ts';
import type { PackageStore, StoredPackage } from '../store/package-store.ts';

/** Everything in the store. A package that can't be read is listed with its problem, so that it can be removed. */
export async function readLibrary(store: PackageStore): Promise<ModelLibrary> {
  const [packages, unfinished] = await Promise.all([store.packages(), store.unfinished()]);
  return {
    models: packages.map(describePackage),
    unfinished: unfinished.map(({ id, label, files, bytes }) => ({
      id,
      name: label,
      files,
      bytes,
    })),
  };
}

function describePackage({ id, manifest, bytes }: StoredPackage): ImportedModel {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(manifest));
    const known = parseManifest(json);
    const { title, licence, quantisation, defaultSize, scheduler, promptReader } = known;
    const facts = { title, licence, quantisation, defaultSize, steps: scheduler.steps };
    const reads = readsOf(known);
    return { id, ...facts, readsPrompts: promptReader !== undefined, reads, bytes, problem: null };
  } catch (error) {
    const problem = toAppError(error, 'model/bad-manifest').message;
    const nothing = {
      licence: '',
      quantisation: '',
      defaultSize: 0,
      steps: 0,
      readsPrompts: false,
      reads: readsOf(null),
    };
    return { id, title: id, ...nothing, bytes, problem };
  }
}

/**
 * A free id for a package: the folder's name and the quantisation, such as `my-model-q8`, with a number where that is
 * taken. It never is the id of a package beside the app, which carries no quantisation.
 */
export function packageId(
  name: string,
  quantisation: Quantisation,
  taken: ReadonlySet<string>,
): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  const stem = words.replaceAll(/^-+|-+$/g, '').slice(0, 48) || 'model';
  const first = `${stem}-${quantisation}`;
  let id = first;
  for (let number = 2; taken.has(id); number++) {
    id = `${first}-${number}`;
  }
  return id;
}
