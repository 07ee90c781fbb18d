import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/error.ts';
import type { Frame } from '../../protocol/media.ts';
import { FrameFeed, type FrameSource } from './frame-feed.ts';

const COUNT = 200;
const FRAME_BYTES = 16;

/** A clip whose decoder writes down what it was asked to do. */
class Clip implements FrameSource {
  readonly times = Float64Array.from({ length: COUNT }, (_, index) => index * 40_000);
  readonly seeks: number[] = [];
  decoded = 0;
  open = 0;
  damagedFrame = -1;

  async *frames(from: number, to: number): AsyncGenerator<Frame> {
    this.seeks.push(from);
    this.open++;
    try {
      for (let index = from; index < to; index++) {
        await Promise.resolve();
        if (index === this.damagedFrame) {
          throw new AppError('media/decode-failed', `frame ${index}`);
        }
        this.decoded++;
        const data = new Uint8ClampedArray(FRAME_BYTES).fill(index);
        yield {
          index,
          time: index * 40_000,
          duration: 40_000,
          picture: { width: 2, height: 2, data },
        };
      }
    } finally {
      this.open--;
    }
  }
}

async function indexesOf(feed: FrameFeed, wanted: readonly number[]): Promise<number[]> {
  const got: number[] = [];
  for (const index of wanted) {
    got.push((await feed.get(index)).index);
  }
  return got;
}

describe('frame feed', () => {
  it('plays, skipping or not, on one running decoder', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip);
    const wanted = [0, 1, 2, 4, 6, 7, 20, 21];
    expect(await indexesOf(feed, wanted)).toEqual(wanted);
    expect(clip.seeks).toEqual([0]);
    expect(clip.decoded).toBe(22);
  });

  it('seeks when the wanted frame is far away', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip);
    expect(await indexesOf(feed, [100, 10, 150])).toEqual([100, 10, 150]);
    expect(clip.seeks).toEqual([100, 10, 150]);
    expect(clip.open).toBe(1);
  });

  it('steps back with one seek for several frames', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip);
    const wanted = [100, 99, 98, 97, 96, 95, 94, 93];
    expect(await indexesOf(feed, wanted)).toEqual(wanted);
    expect(clip.seeks).toEqual([100, 93]);
  });

  it('decodes ahead of the frame on screen and stops there', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip);
    await feed.get(5);
    await feed.readAhead(4);
    expect(clip.decoded).toBe(5);
    expect(await indexesOf(feed, [6, 7, 8, 9])).toEqual([6, 7, 8, 9]);
    expect(clip.decoded).toBe(5);
  });

  it('decodes no more ahead than it can keep', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip, 4 * FRAME_BYTES);
    await feed.get(5);
    await feed.readAhead(50);
    expect(clip.decoded).toBe(3);
    const wanted = [6, 7];
    expect(await indexesOf(feed, wanted)).toEqual(wanted);
    expect(clip.decoded).toBe(3);
  });

  it('lets a new wish pass what is decoded ahead', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip);
    await feed.get(0);
    const ahead = feed.readAhead(100);
    expect((await feed.get(150)).index).toBe(150);
    await ahead;
    expect(clip.decoded).toBeLessThan(5);
  });

  it('keeps no more bytes than it may', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip, 4 * FRAME_BYTES);
    await indexesOf(feed, [0, 1, 2, 3, 4, 5]);
    expect(await indexesOf(feed, [2, 3, 4, 5])).toEqual([2, 3, 4, 5]);
    expect(clip.decoded).toBe(6);
    await feed.get(1);
    expect(clip.decoded).toBeGreaterThan(6);
  });

  it('clamps to the frames there are', async () => {
    const feed = new FrameFeed(new Clip());
    expect(await indexesOf(feed, [-3, 9_999])).toEqual([0, COUNT - 1]);
  });

  it('goes on after a damaged frame', async () => {
    const clip = new Clip();
    clip.damagedFrame = 3;
    const feed = new FrameFeed(clip);
    await feed.get(2);
    await feed.readAhead(5);
    await expect(feed.get(3)).rejects.toMatchObject({ code: 'media/decode-failed' });
    expect((await feed.get(4)).index).toBe(4);
  });

  it('leaves no decoder open when disposed', async () => {
    const clip = new Clip();
    const feed = new FrameFeed(clip);
    await feed.get(2);
    feed.dispose();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clip.open).toBe(0);
  });
});
