import { openPictureStore } from '../../src/store/picture-store.ts';
import { testPicture } from './store.ts';

/** What `readsWhileWritten` asks this worker for. */
export type WriteOrder = { readonly name: string; readonly count: number; readonly rounds: number };

/** Writes `count` pictures, each one `rounds` times, into the named folder. */
async function write(name: string, count: number, rounds: number): Promise<string> {
  const root = await navigator.storage.getDirectory();
  const store = await openPictureStore(await root.getDirectoryHandle(name));
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (let frame = 0; frame < count; frame++) {
      await store.put('r', frame, testPicture(64, 48, frame));
    }
  }
  return `${((performance.now() - started) / count / rounds).toFixed(1)} ms each`;
}

addEventListener('message', (event: MessageEvent<WriteOrder>) => {
  write(event.data.name, event.data.count, event.data.rounds).then(
    (text) => {
      postMessage(text);
    },
    (error: unknown) => {
      postMessage(`failed: ${String(error)}`);
    },
  );
});
