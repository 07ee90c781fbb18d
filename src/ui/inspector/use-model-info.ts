import { useEffect, useState } from 'react';
import { importedInfos } from '../../app/model-choice.ts';
import { loadModelInfo, STARTER_MODEL, type ModelInfo } from '../../app/model-info.ts';
import { useApp, useEngine } from '../context.ts';

/** Facts of the package an edit uses, which may be another one than new edits get; null until known, or if it is gone. */
export function useModelInfo(id: string): ModelInfo | null {
  const app = useApp();
  const chosen = useEngine(({ model }) =>
    model.kind === 'ready' && model.info.id === id ? model.info : null,
  );
  const [found, setFound] = useState<ModelInfo | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const load = async (): Promise<ModelInfo | null> => {
      if (id === STARTER_MODEL) {
        return await loadModelInfo(id);
      }
      const { models } = await app.engine.listModels();
      return importedInfos(models).find((model) => model.id === id) ?? null;
    };
    if (chosen === null) {
      load().then(
        (info) => {
          if (isCurrent) {
            setFound(info);
          }
        },
        () => {
          // Running the edit says what is wrong with its model; here its own settings are just not offered.
        },
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [app, id, chosen]);
  return chosen ?? (found?.id === id ? found : null);
}
