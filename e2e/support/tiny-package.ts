import { compileCheckpoint } from '../../src/models/compile.ts';
import { MemorySink } from '../../src/models/package-sink.ts';
import {
  filesSource,
  tinyCheckpoint,
  type TinyFiles,
} from '../../src/models/testing/tiny-checkpoint.ts';
import type { Harness } from './browser.ts';

export const TINY = 'tiny';

/**
 * Puts a package of 30,000 random weights where imported ones lie, under the id `tiny`: it loads in a moment, and all
 * of the engine runs as with a real one. `more`: files of the checkpoint beside those.
 */
export async function storeTinyPackage(harness: Harness, more?: TinyFiles): Promise<void> {
  const sink = new MemorySink();
  const checkpoint = filesSource(new Map([...tinyCheckpoint(), ...(more ?? [])]));
  await compileCheckpoint(checkpoint, sink, { id: TINY, quantisation: 'f32' });
  const files = [...sink.files].map(([path, bytes]) => [
    path,
    Buffer.from(bytes).toString('base64'),
  ]);
  await harness.call('e2e/browser/stored-package.ts', 'storePackage', TINY, files);
}
