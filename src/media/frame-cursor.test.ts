import { describe, expect, it } from 'vitest';
import type { Frame } from '../protocol/media.ts';
import { FrameCursor } from './frame-cursor.ts';

const COUNT = 40;

/** Streams of frames that count how many of them are open; each waits for `gate` before its first frame. */
class Streams {
  readonly opened: [number, number][] = [];
  open = 0;
  gate: Promise<void> = Promise.resolve();
  failsOnClosing = false;

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
      if (this.failsOnClosing) {
        // oxlint-disable-next-line no-unsafe-finally -- what a decoder that breaks on its way out does
        throw new Error('the decoder broke');
      }
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

  it('keeps to itself what breaks in a decoder it lets go of', async () => {
    const streams = new Streams();
    streams.failsOnClosing = true;
    const cursor = streams.cursor();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      await cursor.frame(3);
      await cursor.frame(30);
      await settled();
      const controller = new AbortController();
      const cancelled = cursor.frame(35, controller.signal);
      queueMicrotask(() => controller.abort());
      await expect(cancelled).rejects.toMatchObject({ code: 'job/cancelled' });
      await cursor.frame(5);
      cursor.release();
      await settled();
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(streams.open).toBe(0);
    expect(unhandled).toEqual([]);
  });
});
