import { expect, it } from 'vitest';
import type { BlobStore } from './blob-store.ts';
import { createTuningStore } from './tuning-store.ts';

/** The two functions of a blob store that are used, over a map. */
function memoryBlobs(files: Map<string, Uint8Array<ArrayBuffer>>): BlobStore {
  return {
    get: (name: string) => Promise.resolve(files.get(name) ?? null),
    put: (name: string, bytes: Uint8Array<ArrayBuffer>) => {
      files.set(name, bytes);
      return Promise.resolve();
    },
  } as Partial<BlobStore> as BlobStore;
}

it('keeps what was measured apart by what it was measured on', async () => {
  const store = createTuningStore(memoryBlobs(new Map()));
  expect(await store.read('a card')).toEqual({});
  await store.write('a card', { 'f32 d40': '8x8' });
  await store.write('another', { 'f32 d40': '16x8s4' });
  expect(await store.read('a card')).toEqual({ 'f32 d40': '8x8' });
  expect(await store.read('another')).toEqual({ 'f32 d40': '16x8s4' });
});

it('knows nothing where a file is damaged', async () => {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const store = createTuningStore(memoryBlobs(files));
  await store.write('a card', { shape: '8x8' });
  const [name = ''] = files.keys();
  for (const [text, known] of [
    ['{"shape":', {}],
    ['null', {}],
    ['[1]', {}],
    ['{"shape":3,"other":"8x4"}', { other: '8x4' }],
  ] as const) {
    files.set(name, new TextEncoder().encode(text));
    expect(await store.read('a card')).toEqual(known);
  }
});
