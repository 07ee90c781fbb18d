import type { CorpusOutcome } from './media-corpus.worker.ts';
import { harnessFile } from './files.ts';

/** Opens a provided file in a worker of its own, which ends with it: the next file meets no leftovers. */
export async function inspectFile(name: string, limitMs: number): Promise<CorpusOutcome> {
  const worker = new Worker(new URL('./media-corpus.worker.ts', import.meta.url), {
    type: 'module',
  });
  let timer = 0;
  try {
    return await new Promise<CorpusOutcome>((resolve, reject) => {
      timer = window.setTimeout(() => {
        reject(new Error(`no answer within ${limitMs / 1000} s`));
      }, limitMs);
      worker.addEventListener('message', (event: MessageEvent<CorpusOutcome>) => {
        resolve(event.data);
      });
      worker.addEventListener('error', (event) => reject(new Error(event.message)));
      worker.postMessage(harnessFile(name));
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
