import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextRate, Playback } from './playback.ts';

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

/** A media element whose time stands still. */
class StillAudio extends EventTarget {
  static last: StillAudio | null = null;
  currentTime = 0;
  paused = true;

  constructor() {
    super();
    StillAudio.last = this;
  }

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  removeAttribute(): void {
    // Nothing is loaded.
  }
}

describe('Playback', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const playFrom = async (time: number, soundStart: number | null) => {
    vi.stubGlobal('Audio', StillAudio);
    StillAudio.last = null;
    const playback = new Playback();
    playback.load(new File(['x'], 'x.mp4'), soundStart);
    playback.play(time, 1);
    await Promise.resolve();
    const now = playback.now();
    playback.unload();
    return { now, element: StillAudio.last as StillAudio | null };
  };

  it('starts the sound as far into the file as the first frame is', async () => {
    const { now, element } = await playFrom(1_000_000, -500_000);
    expect(element?.currentTime).toBe(1.5);
    expect(now).toBe(1_000_000);
  });

  it('counts from the first frame where the sound starts with it or later', async () => {
    expect((await playFrom(2_000_000, 0)).element?.currentTime).toBe(2);
    expect((await playFrom(2_000_000, 300_000)).element?.currentTime).toBe(2);
  });

  it('makes no element without sound', async () => {
    expect((await playFrom(0, null)).element).toBeNull();
  });
});
