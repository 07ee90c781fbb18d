import type { PcmBlock } from './pcm-reader.ts';
import { lengthOf } from './pcm-reader.ts';

/** Zero crossings of the windowed sinc to each side, at the lower of the two rates. */
const LOBES = 16;

type Source = { read(count: number, channels: number): Promise<PcmBlock> };

/**
 * Turns a stream of one rate into one of another: band-limited interpolation with a Hann-windowed sinc, so that neither
 * images nor aliases are heard. Equal rates pass through untouched. Begins as if silence came before.
 */
export class Resampler {
  readonly #source: Source;
  readonly #channels: number;
  /** Source frames per output frame. */
  readonly #step: number;
  readonly #reach: number;
  /** Source frames from `#first` on. */
  #window: PcmBlock;
  #first: number;
  #produced = 0;

  constructor(source: Source, channels: number, fromRate: number, toRate: number) {
    this.#source = source;
    this.#channels = channels;
    this.#step = fromRate / toRate;
    this.#reach = Math.ceil(LOBES * Math.max(1, this.#step));
    this.#first = -this.#reach;
    this.#window = Array.from({ length: channels }, () => new Float32Array(this.#reach));
  }

  async read(count: number): Promise<PcmBlock> {
    if (this.#step === 1) {
      return await this.#source.read(count, this.#channels);
    }
    await this.#advance(count);
    const planes = Array.from({ length: this.#channels }, () => new Float32Array(count));
    const scale = Math.min(1, 1 / this.#step);
    const weights = new Float64Array(2 * this.#reach);
    for (let i = 0; i < count; i++) {
      const at = (this.#produced + i) * this.#step;
      const base = Math.floor(at) - this.#reach + 1;
      for (let k = 0; k < weights.length; k++) {
        weights[k] = scale * kernel((base + k - at) * scale);
      }
      planes.forEach((plane, channel) => {
        const source = this.#window[channel];
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += (weights[k] ?? 0) * (source?.[base + k - this.#first] ?? 0);
        }
        plane[i] = sum;
      });
    }
    this.#produced += count;
    return planes;
  }

  /** Reads what the next `count` frames need and lets go of what none needs any more. */
  async #advance(count: number): Promise<void> {
    const keepFrom = Math.floor(this.#produced * this.#step) - this.#reach;
    const end = Math.floor((this.#produced + count) * this.#step) + this.#reach + 1;
    const held = this.#first + lengthOf(this.#window);
    const more = await this.#source.read(Math.max(0, end - held), this.#channels);
    const drop = Math.max(0, keepFrom - this.#first);
    this.#window = this.#window.map((plane, channel) => {
      const added = more[channel] ?? new Float32Array(0);
      const joined = new Float32Array(plane.length - drop + added.length);
      joined.set(plane.subarray(drop));
      joined.set(added, plane.length - drop);
      return joined;
    });
    this.#first += drop;
  }
}

/** sinc times a Hann window that ends at `LOBES`. */
function kernel(x: number): number {
  if (x === 0) {
    return 1;
  }
  if (Math.abs(x) >= LOBES) {
    return 0;
  }
  const angle = Math.PI * x;
  return (Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos(angle / LOBES));
}
