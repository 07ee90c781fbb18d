import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextRate, Playback, type SoundFeed } from './playback.ts';

describe('nextRate', () => {
  it('plays on with L and back with J from a standstill', () => {
    expect(nextRate(1, false, 1)).toBe(1);
    expect(nextRate(1, false, -1)).toBe(-1);
  });

  it('steps through the speeds and stops at the ends', () => {
    const up = [1, 2, 4].map((rate) => nextRate(rate, true, 1));
    const down = [1, 0.5, -1, -4].map((rate) => nextRate(rate, true, -1));
    expect(up).toEqual([2, 4, 4]);
    expect(down).toEqual([0.5, -1, -2, -4]);
  });
});

type Scheduled = { at: number; offset: number; rate: number; seconds: number; stopped: boolean };

/** An audio clock that the test sets, and what was put on it. */
class FakeAudio {
  currentTime = 10;
  outputLatency = 0;
  state = 'running';
  readonly destination = {};
  readonly scheduled: Scheduled[] = [];

  createGain() {
    return { gain: { value: 1 }, connect: () => undefined };
  }

  createBuffer(_channels: number, frames: number, rate: number) {
    return { seconds: frames / rate, copyToChannel: () => undefined };
  }

  createBufferSource() {
    const one: Scheduled = { at: 0, offset: 0, rate: 1, seconds: 0, stopped: false };
    const playbackRate = { value: 1 };
    const node = {
      buffer: { seconds: 0 },
      playbackRate,
      connect: () => undefined,
      addEventListener: () => undefined,
      start: (at: number, offset: number) => {
        Object.assign(one, { at, offset, rate: playbackRate.value, seconds: node.buffer.seconds });
        this.scheduled.push(one);
      },
      stop: () => {
        one.stopped = true;
      },
    };
    return node;
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }
}

const RATE = 48_000;
const SOUND = { source: { file: new File(['x'], 'x'), soundStart: 0 }, from: 0, to: 10_000_000 };
const SILENCE = { source: null, from: 0, to: 10_000_000 };

/** A feed of half-second blocks; the first comes after `wait` milliseconds. */
function feedOf(wait = 0) {
  const begun: number[] = [];
  const feed: SoundFeed = {
    begin: async (_pieces, from) => {
      begun.push(from);
      await new Promise((resolve) => setTimeout(resolve, wait));
      return { sampleRate: RATE, channels: 1 };
    },
    read: () => Promise.resolve([new Float32Array(RATE / 2)]),
    end: () => undefined,
  };
  return { feed, begun };
}

describe('Playback', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const open = (wait = 0) => {
    const audio = new FakeAudio();
    const { feed, begun } = feedOf(wait);
    const playback = new Playback(feed, () => audio as unknown as AudioContext);
    return { audio, playback, begun };
  };

  it('lays blocks end to end on the audio clock and follows it', async () => {
    const { audio, playback, begun } = open();
    playback.load([SOUND]);
    playback.play(2_000_000, 1);
    expect(playback.now()).toBe(2_000_000);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual([2_000_000]);
    const [first, second] = audio.scheduled;
    expect(first?.at).toBeGreaterThan(audio.currentTime);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(0.5, 9);
    audio.currentTime = (first?.at ?? 0) + 1.25;
    expect(playback.now()).toBeCloseTo(3_250_000, -1);
    await vi.advanceTimersByTimeAsync(100);
    expect(audio.scheduled.length).toBeGreaterThan(2);
    playback.pause();
    expect(audio.scheduled.every(({ stopped }) => stopped)).toBe(true);
    expect(playback.now()).toBeCloseTo(3_250_000, -1);
  });

  it('plays twice as fast as the clock at rate 2', async () => {
    const { audio, playback } = open();
    playback.load([SOUND]);
    playback.play(0, 2);
    await vi.advanceTimersByTimeAsync(1);
    const [first, second] = audio.scheduled;
    expect(first?.rate).toBe(2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(0.25, 9);
    audio.currentTime = (first?.at ?? 0) + 1;
    expect(playback.now()).toBeCloseTo(2_000_000, -1);
  });

  it('goes without sound that takes too long, and lets it join where the picture is', async () => {
    const { audio, playback } = open(1_000);
    playback.load([SOUND]);
    playback.play(0, 1);
    await vi.advanceTimersByTimeAsync(399);
    expect(playback.now()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(playback.now()).toBe(0);
    await vi.advanceTimersByTimeAsync(599);
    expect(playback.now()).toBeCloseTo(599_000, -1);
    await vi.advanceTimersByTimeAsync(1);
    // The first block is over by then; the second is heard from where the picture is.
    expect(audio.scheduled[0]?.at).toBe(audio.currentTime);
    expect(audio.scheduled[0]?.offset).toBeCloseTo(0.1, 3);
    expect(playback.now()).toBeCloseTo(600_000, -1);
  });

  it('follows the system’s clock where nothing is heard, and backwards', async () => {
    const { playback, begun } = open();
    playback.load([SILENCE]);
    playback.play(0, 1);
    await vi.advanceTimersByTimeAsync(500);
    expect(playback.now()).toBe(500_000);
    playback.load([SOUND]);
    playback.play(3_000_000, -2);
    await vi.advanceTimersByTimeAsync(500);
    expect(playback.now()).toBe(2_000_000);
    expect(begun).toEqual([]);
  });
});
