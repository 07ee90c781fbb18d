import { VideoSample } from 'mediabunny';
import type { ClipReader } from '../../src/media/clip-reader.ts';
import { openClip } from '../../src/media/open-clip.ts';
import { makeClip } from './make-clip.ts';

/* Reads of a clip that are given up at every stage; decoded pictures that are open afterwards were leaked. */

export type AbandonedReads = {
  /** Decoded pictures that Mediabunny handed out in all. */
  readonly decoded: number;
  /** Ways of giving up that left some open. */
  readonly leaks: readonly string[];
};

const FRAMES = 48;
/** Milliseconds until a read is given up: before, while and after its first pictures come out. */
const DELAYS = [0, 1, 2, 4, 8, 16, 32, 64];
const PATIENCE_MS = 2000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts decoded pictures: every one of them gets its time set when it leaves the decoder. */
function watchSamples(): { readonly open: Set<VideoSample>; decoded: number; stop(): void } {
  // oxlint-disable-next-line typescript/unbound-method -- called with their own `this`
  const { setTimestamp, close } = VideoSample.prototype;
  const watch = {
    open: new Set<VideoSample>(),
    decoded: 0,
    stop: () => Object.assign(VideoSample.prototype, { setTimestamp, close }),
  };
  VideoSample.prototype.setTimestamp = function (time) {
    if (!watch.open.has(this)) {
      watch.decoded++;
      watch.open.add(this);
    }
    setTimestamp.call(this, time);
  };
  VideoSample.prototype.close = function () {
    watch.open.delete(this);
    close.call(this);
  };
  return watch;
}

type Read = (clip: ClipReader) => Promise<unknown>;

/** Single frames: alone, in order, ahead of and far from the parked decoder, several asked for at once. */
const READS: Readonly<Record<string, Read>> = {
  'a frame': (clip) => clip.frame(30),
  'frames in order': async (clip) => {
    for (let frame = 8; frame < 40; frame++) {
      await clip.frame(frame);
    }
  },
  'frames at once': (clip) =>
    Promise.all([0, 40, 3, 4, 5, 47, 46].map((frame) => clip.frame(frame))),
};

export async function abandonReads(): Promise<AbandonedReads> {
  const source = await makeClip({ width: 192, height: 128, frames: FRAMES, frameRate: 24 });
  const watch = watchSamples();
  const leaks: string[] = [];
  /** What is on its way out of the decoder is closed when it arrives. */
  const settle = async (name: string): Promise<void> => {
    const end = performance.now() + PATIENCE_MS;
    while (watch.open.size > 0 && performance.now() < end) {
      await wait(5);
    }
    if (watch.open.size > 0) {
      leaks.push(`${name}: ${watch.open.size}`);
      watch.open.clear();
    }
  };
  const withClip = async (name: string, use: (clip: ClipReader) => Promise<unknown>) => {
    const clip = await openClip(source);
    await use(clip);
    clip.dispose();
    await settle(name);
  };
  try {
    for (const delay of DELAYS) {
      const abort = new AbortController();
      const opening = openClip(source, { signal: abort.signal }).catch(() => null);
      await wait(delay);
      abort.abort();
      (await opening)?.dispose();
      await settle(`opening for ${delay} ms`);
      for (const [name, read] of Object.entries(READS)) {
        await withClip(`${name} for ${delay} ms`, async (clip) => {
          read(clip).catch(() => undefined);
          await wait(delay);
        });
      }
    }
    for (const taken of [0, 1, 12, FRAMES]) {
      for (const isPending of [false, true]) {
        await withClip(`a stream after ${taken} frames, pending: ${isPending}`, async (clip) => {
          const frames = clip.frames(0, FRAMES);
          for (let i = 0; i < taken; i++) {
            await frames.next();
          }
          if (isPending) {
            frames.next().catch(() => undefined);
          }
          frames.return(undefined).catch(() => undefined);
        });
      }
    }
    return { decoded: watch.decoded, leaks };
  } finally {
    watch.stop();
  }
}
