import { describe, expect, it } from 'vitest';
import type { Frame } from '../protocol/media.ts';
import { FrameCursor } from './frame-cursor.ts';

const COUNT = 40;

/** Streams of frames that count how many of them are open; each waits for `gate` before its first frame. */
class Streams {
  readonly opened: [number, number][] = [];
  open = 0;
  gate: Promise<void> = Promise.resolve();

  async *frames(from: number, to: number): AsyncGenerator<Frame> {
    this.opened.push([from, to]);
    this.open++;
    try {
      await this.gate;
      for (let index = from; index < to; index++) {
        const data = new Uint8ClampedArray(4);
        yield { index, time: index, duration: 1, picture: { width: 1, height: 1, data } };
      }
    } finally {
      this.open--;
    }
  }

  cursor(): FrameCursor {
    return new FrameCursor(COUNT, (from, to) => this.frames(from, to));
  }
}

/** Until everything that can settle without waiting for anything has settled. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('FrameCursor', () => {
  it('goes on with the parked decoder for frames ahead and seeks for the others', async () => {
    const streams = new Streams();
    const cursor = streams.cursor();
    for (const index of [3, 4, 8, 30, 2]) {
      expect((await cursor.frame(index)).index).toBe(index);
    }
    expect(streams.opened.map(([from]) => from)).toEqual([3, 30, 2]);
    await settled();
    expect(streams.open).toBe(1);
    cursor.release();
    await settled();
    expect(streams.open).toBe(0);
  });

  it('lets go of a decoder that is at work when it is released', async () => {
    const streams = new Streams();
    let openGate: () => void = () => undefined;
    streams.gate = new Promise((resolve) => {
      openGate = resolve;
    });
    const cursor = streams.cursor();
    const frame = cursor.frame(3);
    await settled();
    expect(streams.open).toBe(1);
    cursor.release();
    openGate();
    expect((await frame).index).toBe(3);
    await settled();
    expect(streams.open).toBe(0);
  });
});
