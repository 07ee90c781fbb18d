import { createStore } from 'zustand/vanilla';
import { PEAKS_PER_SECOND } from '../protocol/sound.ts';
import type { SoundClient } from './sound-client.ts';
import type { OpenClip } from './state/session-store.ts';

/** Minimum and maximum in turn, -127 to 127, of which the first `count` pairs are known. */
export type Waveform = { readonly values: Int8Array<ArrayBuffer>; readonly count: number };

/** Waveforms by content of the clip: computed once, when they are first drawn, one after the other. */
export class Waveforms {
  /** Rises with every part that arrives. */
  readonly version = createStore(() => ({ count: 0 }));
  readonly #sounds: Pick<SoundClient, 'waveform'>;
  readonly #waves = new Map<string, { values: Int8Array<ArrayBuffer>; count: number }>();
  #queue: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();

  constructor(sounds: Pick<SoundClient, 'waveform'>) {
    this.#sounds = sounds;
  }

  /** What is known so far; asks for the rest. Null for clips without sound. */
  get({ info, file, soundStart }: OpenClip): Waveform | null {
    if (soundStart === null) {
      return null;
    }
    const known = this.#waves.get(info.fingerprint);
    if (known !== undefined) {
      return known;
    }
    const seconds = info.duration / 1e6;
    const wave = {
      values: new Int8Array(Math.ceil(seconds * PEAKS_PER_SECOND) * 2),
      count: 0,
    };
    this.#waves.set(info.fingerprint, wave);
    const { signal } = this.#abort;
    this.#queue = this.#queue
      .then(() =>
        this.#sounds.waveform(
          { file, soundStart },
          seconds,
          ({ from, values }) => {
            wave.values.set(values.subarray(0, wave.values.length - from * 2), from * 2);
            wave.count = from + values.length / 2;
            this.version.setState((state) => ({ count: state.count + 1 }));
          },
          signal,
        ),
      )
      // A lane without its waveform is still a lane.
      .catch(() => undefined);
    return wave;
  }

  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#queue = Promise.resolve();
    this.#waves.clear();
  }
}

/** Loudest values of peaks `[from, to)`, as fractions of full scale; zeros where nothing is known. */
export function loudest(wave: Waveform, from: number, to: number): { low: number; high: number } {
  let low = 0;
  let high = 0;
  const end = Math.min(wave.count, Math.max(Math.ceil(to), Math.floor(from) + 1));
  for (let peak = Math.max(0, Math.floor(from)); peak < end; peak++) {
    low = Math.min(low, wave.values[peak * 2] ?? 0);
    high = Math.max(high, wave.values[peak * 2 + 1] ?? 0);
  }
  return { low: low / 127, high: high / 127 };
}
