import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { View } from '../protocol/preview.ts';
import type { PreviewClient } from './preview-client.ts';
import { ThumbnailCache } from './thumbnail-cache.ts';

const view = {} as View;

function createCache() {
  const asked: number[][] = [];
  const closed: number[] = [];
  const preview = {
    thumbnails: async (
      _view: View,
      frames: readonly number[],
      _height: number,
      arrived: (frame: number, image: ImageBitmap) => void,
    ) => {
      asked.push([...frames]);
      for (const frame of frames) {
        await Promise.resolve();
        arrived(frame, { frame, close: () => closed.push(frame) } as unknown as ImageBitmap);
      }
    },
  } as unknown as PreviewClient;
  return { cache: new ThumbnailCache(preview), asked, closed };
}

const settle = () => vi.advanceTimersByTimeAsync(1);

describe('thumbnails', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it('are made a batch at a time, in turn for all who want some, and once for a strip that two want', async () => {
    const { cache, asked } = createCache();
    cache.want('piece 1', 'a', view, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    cache.want('piece 2', 'b', view, [10, 11]);
    cache.want('piece 3', 'a', view, [8, 9, 10]);
    await settle();
    expect(asked).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [10, 11],
      [8, 9, 10],
    ]);
    expect(cache.get('a', 5)).toBeDefined();
  });

  it('stand in for near ones until those are there, within their strip', async () => {
    const { cache } = createCache();
    cache.want('one', 'a', view, [10, 20]);
    await settle();
    expect(cache.nearest('a', 13)).toMatchObject({ frame: 10 });
    expect(cache.nearest('a', 99)).toMatchObject({ frame: 20 });
    expect(cache.nearest('b', 13)).toBeUndefined();
  });

  it('are told of once for a batch, to whoever draws their strip', async () => {
    const { cache } = createCache();
    let told = 0;
    cache.version.subscribe(() => {
      told++;
    });
    cache.want('one', 'a', view, [0, 1, 2, 3, 4, 5]);
    await settle();
    expect(told).toBe(2);
    const before = cache.versionOf('a');
    expect(before).toBeGreaterThan(0);
    cache.want('two', 'b', view, [0]);
    await settle();
    expect(cache.versionOf('a')).toBe(before);
    expect(cache.versionOf('b')).toBeGreaterThan(before);
    expect(cache.versionOf('c')).toBe(0);
  });

  it('are forgotten oldest first where they are too many, but not while they are wanted', async () => {
    const { cache, asked, closed } = createCache();
    cache.want(
      'one',
      'a',
      view,
      Array.from({ length: 700 }, (_, index) => index),
    );
    await settle();
    expect(asked.flat()).toHaveLength(600);
    expect(closed).toEqual([]);
    cache.want('one', 'a', view, [700, 701]);
    await settle();
    expect(closed.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(closed.length).toBeLessThan(9);
    expect(cache.get('a', 701)).toBeDefined();
  });
});
