import { assert } from '../../../base/assert.ts';
import { floatToHalf, halfToFloat } from '../../../base/half-float.ts';
import type { GpuContext } from '../../context.ts';
import { elemBytes } from '../../kernel.ts';
import { recordAttention, type AttentionWork } from './attention.ts';
import type { Tiling } from './tilings.ts';

declare const performance: { now(): number };

const ROUNDS = 3;
/** Long against a timer's steps and what a submit costs. */
const ROUND_MS = 4;
const MOST_RUNS = 16;
/** Values are averages of at most 1 in size: f32 sums differ by some 1e-6 from tiling to tiling, f16 results by an ulp. */
const TOLERANCE = { f32: 1e-4, f16: 2e-3 } as const;

/** Exact in both types, so that both read the same inputs. */
const VALUES = [0.5, -0.25, 0.75, -0.5, 0.25, 1, -0.75, 0, -1, 0.125, -0.125] as const;

/** One call of attention on made-up inputs, run in several tilings. Owns its buffers. */
export class TilingProbe {
  readonly #context: GpuContext;
  readonly #work: AttentionWork;
  readonly #q: GPUBuffer;
  readonly #k: GPUBuffer;
  readonly #v: GPUBuffer;
  readonly #output: GPUBuffer;
  #expected: Float32Array | null = null;

  constructor(context: GpuContext, work: AttentionWork) {
    this.#context = context;
    this.#work = work;
    const rows = work.batch * work.queries;
    const keys = work.batch * work.keys;
    this.#q = this.#input(rows, 3);
    this.#k = this.#input(keys, 5);
    this.#v = this.#input(keys, 7);
    this.#output = context.createBuffer(this.#bytes(rows), 'tuning output');
  }

  /**
   * Milliseconds of one run, the quickest of three rounds. The first tiling sets what is right; one that differs from it is a
   * fault. Fails as `GpuContext.guard` does.
   */
  async time(tiling: Tiling): Promise<number> {
    const warm = await this.#round(tiling, 1);
    await this.#check();
    const runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(ROUND_MS / warm)));
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      best = Math.min(best, (await this.#round(tiling, runs)) / runs);
    }
    return best;
  }

  dispose(): void {
    [this.#q, this.#k, this.#v, this.#output].forEach((buffer) => this.#context.release(buffer));
  }

  async #round(tiling: Tiling, runs: number): Promise<number> {
    const context = this.#context;
    const { batch, keys } = this.#work;
    const banks = [{ k: this.#k, v: this.#v, entries: batch, keys }];
    return await context.guard('tuning of attention', async () => {
      const begun = performance.now();
      for (let run = 0; run < runs; run++) {
        recordAttention(context, {
          ...this.#work,
          q: this.#q,
          output: this.#output,
          paths: [{ scale: 1, banks }],
          tilingOf: () => tiling,
        });
      }
      context.flush();
      await context.device.queue.onSubmittedWorkDone();
      return Math.max(1e-3, performance.now() - begun);
    });
  }

  async #check(): Promise<void> {
    const { elem, batch, queries } = this.#work;
    const bytes = await this.#context.read(this.#output, this.#bytes(batch * queries));
    const values = elem === 'f32' ? new Float32Array(bytes) : halfToFloat(new Uint16Array(bytes));
    this.#expected ??= values;
    const expected = this.#expected;
    const isRight = values.every(
      (value, i) => Math.abs(value - (expected[i] ?? Number.NaN)) <= TOLERANCE[elem],
    );
    assert(isRight, 'a tiling of attention is wrong on this device');
  }

  #bytes(rows: number): number {
    const { elem, heads, headDim } = this.#work;
    return rows * heads * headDim * elemBytes(elem);
  }

  #input(rows: number, step: number): GPUBuffer {
    const { elem, heads, headDim } = this.#work;
    const count = rows * heads * headDim;
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      values[i] = VALUES[(i * step + Math.floor(i / 13)) % VALUES.length] ?? 0;
    }
    const data = elem === 'f32' ? values : floatToHalf(values);
    const buffer = this.#context.createBuffer(data.byteLength, 'tuning input');
    this.#context.write(buffer, data);
    return buffer;
  }
}
