import { describe, expect, it } from 'vitest';
import type { Frame } from '../protocol/media.ts';
import { fillGaps, type NumberedPicture } from './frame-stream.ts';

const TIMING = { times: Float64Array.of(0, 10, 25, 30, 50), lastDuration: 7 };

async function* decoded(...indices: number[]): AsyncGenerator<NumberedPicture> {
  for (const index of indices) {
    const data = Uint8ClampedArray.of(index, 0, 0, 255);
    yield await Promise.resolve({ index, picture: { width: 1, height: 1, data } });
  }
}

async function run(indices: number[], from: number, to: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of fillGaps(decoded(...indices), from, to, TIMING)) {
    frames.push(frame);
  }
  return frames;
}

const shown = (frames: readonly Frame[]) => frames.map((f) => [f.index, f.picture.data[0]]);

describe('fillGaps', () => {
  it('passes whole streams on with their times and durations', async () => {
    const frames = await run([1, 2, 3, 4], 1, 5);
    expect(frames.map(({ index, time, duration }) => [index, time, duration])).toEqual([
      [1, 10, 15],
      [2, 25, 5],
      [3, 30, 20],
      [4, 50, 7],
    ]);
  });

  it('holds the picture before a gap, and the first one where the start is missing', async () => {
    expect(shown(await run([0, 3], 0, 5))).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 3],
      [4, 3],
    ]);
    expect(shown(await run([2], 0, 3))).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });

  it('never gives the same pixels out twice', async () => {
    const buffers = (await run([2], 0, 5)).map((frame) => frame.picture.data.buffer);
    expect(new Set(buffers).size).toBe(5);
  });

  it('throws where nothing could be decoded', async () => {
    await expect(run([], 1, 3)).rejects.toMatchObject({ code: 'media/decode-failed' });
  });

  it('stops when the job is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const frames = fillGaps(decoded(0, 1), 0, 2, TIMING, controller.signal);
    await expect(frames.next()).rejects.toMatchObject({ code: 'job/cancelled' });
  });
});
