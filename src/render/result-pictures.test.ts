import { describe, expect, it } from 'vitest';
import { must } from '../base/assert.ts';
import type { Picture } from '../protocol/media.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { ResultPictures, STEADY_REACH } from './result-pictures.ts';

const RESULT = { editId: 'edit', recipe: 'recipe', base: 'base', anchors: [] };

/** Pictures in memory, and how often each was read. */
function memoryStore() {
  const pictures = new Map<string, Picture>();
  const reads = new Map<string, number>();
  const nameOf = (recipe: string, frame: number): string => `${recipe}/${frame}`;
  const store: Pick<PictureStore, 'get' | 'has'> = {
    get: (recipe, frame) => {
      const name = nameOf(recipe, frame);
      reads.set(name, (reads.get(name) ?? 0) + 1);
      return Promise.resolve(pictures.get(name) ?? null);
    },
    has: (recipe, frame) => Promise.resolve(pictures.has(nameOf(recipe, frame))),
  };
  const add = (frame: number, level: number): void => {
    pictures.set(nameOf('base', frame), flat(100));
    pictures.set(nameOf('recipe', frame), flat(level));
  };
  return { store, add, reads };
}

function flat(level: number): Picture {
  const data = new Uint8ClampedArray(32 * 32 * 4).fill(level);
  return { width: 32, height: 32, data };
}

const levelOf = (picture: Picture): number => must(picture.data[0], 'a level');

describe('pictures of a result', () => {
  it('are null where a frame has none', async () => {
    const { store, add } = memoryStore();
    add(0, 50);
    expect(await new ResultPictures(store).steadyPair(RESULT, 1, STEADY_REACH)).toBeNull();
  });

  it('are steadied with up to three neighbours each way, and say which are missing', async () => {
    const { store, add } = memoryStore();
    for (const [frame, level] of [40, 60, 40, 60, 40].entries()) {
      add(frame, level);
    }
    const found = must(
      await new ResultPictures(store).steadyPair(RESULT, 2, STEADY_REACH),
      'a pair',
    );
    expect(found.missing).toEqual([5]);
    expect(levelOf(found.pair.edited)).toBe(48);
    expect(levelOf(found.pair.base)).toBe(100);
  });

  it('are steadied with the four nearest anchors as well, each frame once', async () => {
    const { store, add } = memoryStore();
    const far = [0, 10, 20, 32, 40, 60];
    for (let frame = 27; frame <= 33; frame++) {
      add(frame, 40);
    }
    [0, 60].forEach((frame) => add(frame, 200));
    [10, 20, 40].forEach((frame) => add(frame, 60));
    const result = { ...RESULT, anchors: far };
    const pictures = new ResultPictures(store);
    const found = must(await pictures.steadyPair(result, 30, STEADY_REACH), 'a pair');
    // Seven at 40 and three at 60: anchor 32 is a neighbour already, 0 and 60 are too far.
    expect(levelOf(found.pair.edited)).toBe(46);
    expect(found.missing).toEqual([]);
    const alone = must(await pictures.steadyPair(result, 30, 0), 'a pair');
    expect(levelOf(alone.pair.edited)).toBe(40);
  });

  it('say which anchors are missing', async () => {
    const { store, add } = memoryStore();
    for (let frame = 0; frame < 7; frame++) {
      add(frame, 40);
    }
    const result = { ...RESULT, anchors: [0, 50, 99] };
    const found = await new ResultPictures(store).steadyPair(result, 3, STEADY_REACH);
    expect(found?.missing).toEqual([50, 99]);
  });

  it('tell when a neighbour has come', async () => {
    const { store, add } = memoryStore();
    add(0, 40);
    const pictures = new ResultPictures(store);
    const alone = must(await pictures.steadyPair(RESULT, 0, STEADY_REACH), 'a pair');
    expect(alone.missing).toEqual([1, 2, 3]);
    expect(levelOf(alone.pair.edited)).toBe(40);
    expect(await pictures.hasAny(RESULT, alone.missing)).toBe(false);
    add(1, 60);
    expect(await pictures.hasAny(RESULT, alone.missing)).toBe(true);
    const both = must(await pictures.steadyPair(RESULT, 0, STEADY_REACH), 'a pair');
    expect(levelOf(both.pair.edited)).toBe(50);
  });

  it('are read once when frames are shown in order', async () => {
    const { store, add, reads } = memoryStore();
    for (let frame = 0; frame < 12; frame++) {
      add(frame, 40);
    }
    const pictures = new ResultPictures(store);
    for (let frame = 0; frame < 9; frame++) {
      await pictures.steadyPair({ ...RESULT, anchors: [0, 4, 7, 11] }, frame, STEADY_REACH);
    }
    expect(reads.size).toBe(24);
    expect(new Set(reads.values())).toEqual(new Set([1]));
  });

  it('stay as they are without reach, whatever lies beside them', async () => {
    const { store, add } = memoryStore();
    add(0, 40);
    add(1, 60);
    const found = must(await new ResultPictures(store).steadyPair(RESULT, 0, 0), 'a pair');
    expect(found.missing).toEqual([]);
    expect(levelOf(found.pair.edited)).toBe(40);
  });
});
