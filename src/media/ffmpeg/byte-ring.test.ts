import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createRing, RingReader, RingWriter } from './byte-ring.ts';

describe('byte ring', () => {
  it('keeps order over the edge of its buffer', async () => {
    const ring = createRing(10);
    const writer = new RingWriter(ring);
    const reader = new RingReader(ring);
    let next = 0;
    for (const count of [7, 3, 10, 1, 9]) {
      expect(writer.write(Uint8Array.from({ length: count }, () => next++))).toBe(true);
      const block = new Uint8Array(count);
      expect(await reader.read(block)).toBe(count);
      expect([...block]).toEqual(Array.from({ length: count }, (_, i) => next - count + i));
    }
  });

  it('gives what is left when the writer has ended', async () => {
    const ring = createRing(16);
    const reader = new RingReader(ring);
    new RingWriter(ring).write(Uint8Array.of(1, 2, 3));
    reader.end();
    const block = new Uint8Array(8);
    expect(await reader.read(block)).toBe(3);
    expect(await reader.read(block)).toBe(0);
  });

  it('makes the writer fail once the reader has cancelled', () => {
    const ring = createRing(4);
    new RingReader(ring).cancel();
    expect(new RingWriter(ring).write(Uint8Array.of(1))).toBe(false);
  });

  it('holds a faster writer back and loses nothing', async () => {
    const ring = createRing(1000);
    const total = 200_000;
    // The same protocol, written out: a worker thread here can't load TypeScript.
    const worker = new Worker(
      `const { workerData: ring } = require('node:worker_threads');
       const header = new Int32Array(ring, 0, 4);
       const data = new Uint8Array(ring, 16);
       for (let i = 0; i < ${total}; i++) {
         while (((Atomics.load(header, 0) - Atomics.load(header, 1)) >>> 0) === data.length) {
           Atomics.wait(header, 1, Atomics.load(header, 1), 50);
         }
         const at = Atomics.load(header, 0);
         data[(at >>> 0) % data.length] = i % 251;
         Atomics.store(header, 0, (at + 1) | 0);
         Atomics.notify(header, 0);
       }`,
      { eval: true, workerData: ring },
    );
    const block = new Uint8Array(total);
    expect(await new RingReader(ring).read(block)).toBe(total);
    expect(block.every((value, i) => value === i % 251)).toBe(true);
    await worker.terminate();
  });
});
