import { openPictureStore } from '../../src/store/picture-store.ts';
import { testPicture } from './store.ts';

/** Writes `count` pictures, each one twice, into the named folder. */
async function write(name: string, count: number): Promise<string> {
  const root = await navigator.storage.getDirectory();
  const store = await openPictureStore(await root.getDirectoryHandle(name));
  const started = performance.now();
  for (let round = 0; round < 2; round++) {
    for (let frame = 0; frame < count; frame++) {
      await store.put('r', frame, testPicture(64, 48, frame));
    }
  }
  return `${((performance.now() - started) / count / 2).toFixed(1)} ms each`;
}

addEventListener('message', (event: MessageEvent<{ name: string; count: number }>) => {
  write(event.data.name, event.data.count).then(
    (text) => {
      postMessage(text);
    },
    (error: unknown) => {
      postMessage(`failed: ${String(error)}`);
    },
  );
});
