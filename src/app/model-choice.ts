import type { ModelLibrary } from '../protocol/model-library.ts';
import { loadModelInfo, STARTER_MODEL, type ModelInfo } from './model-info.ts';

const KEY = 'deltacut.model';

/** Keeps the choice for the next visit, where the browser keeps anything. */
export function rememberChoice(id: string): void {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Storage is switched off: the choice holds for this visit.
  }
}

function rememberedChoice(): string {
  try {
    return localStorage.getItem(KEY) ?? STARTER_MODEL;
  } catch {
    return STARTER_MODEL;
  }
}

/** The model that new edits use: the one chosen last if it is still there, else the starter. `model/not-found`. */
export async function loadChosenModel(listModels: () => Promise<ModelLibrary>): Promise<ModelInfo> {
  const id = rememberedChoice();
  if (id !== STARTER_MODEL) {
    const { models } = await listModels();
    const found = importedInfos(models).find((model) => model.id === id);
    if (found !== undefined) {
      return found;
    }
  }
  return await loadModelInfo(STARTER_MODEL);
}

/** The imported packages that can be used. */
export function importedInfos(models: ModelLibrary['models']): readonly ModelInfo[] {
  return models.flatMap(({ problem, ...info }) => (problem === null ? [info] : []));
}
