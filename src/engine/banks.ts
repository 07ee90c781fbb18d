import { must } from '../base/assert.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import type { AttentionSite, Manifest } from '../models/manifest.ts';
import type { TensorRuntime } from './runtime/tensor-runtime.ts';
import type { KeysValues } from './unet.ts';

/** Keys and values of some frames at every self-attention site of one step: [branches, frames * tokens, channels]. */
export class StepBank implements Disposable {
  readonly #sites = new Map<string, KeysValues>();

  /** The bank of a site, or undefined where nothing was put. */
  get(site: AttentionSite): KeysValues | undefined {
    return this.#sites.get(site.path);
  }

  /** Takes a share of what a site just made for [branches * frames, tokens, channels]. */
  capture(
    runtime: TensorRuntime,
    site: AttentionSite,
    own: KeysValues,
    branches: number,
  ): KeysValues {
    const [rows = 0, tokens = 0, channels = 0] = own.k.shape;
    const shape = [branches, (rows / branches) * tokens, channels];
    const bank = { k: runtime.reshape(own.k, shape), v: runtime.reshape(own.v, shape) };
    this.#sites.set(site.path, bank);
    return bank;
  }

  /** The frames of all banks in order, as one bank; takes them over, also where it fails. */
  static async join(runtime: TensorRuntime, banks: readonly StepBank[]): Promise<StepBank> {
    const [first] = banks;
    if (first !== undefined && banks.length === 1) {
      return first;
    }
    const joined = new StepBank();
    try {
      for (const path of first === undefined ? [] : first.#sites.keys()) {
        const parts = banks.map((bank) => must(bank.#sites.get(path), `keys at ${path}`));
        const scope = new DisposalScope();
        try {
          const keys = parts.map((part) => part.k);
          const k = scope.own(await runtime.concat(keys, 1));
          const values = parts.map((part) => part.v);
          const v = await runtime.concat(values, 1);
          joined.#sites.set(path, { k: scope.release(k), v });
        } finally {
          scope.dispose();
        }
        banks.forEach((bank) => bank.#drop(path));
      }
      return joined;
    } catch (error) {
      joined.dispose();
      throw error;
    } finally {
      banks.forEach((bank) => bank.dispose());
    }
  }

  #drop(path: string): void {
    const site = this.#sites.get(path);
    this.#sites.delete(path);
    site?.k.dispose();
    site?.v.dispose();
  }

  dispose(): void {
    [...this.#sites.keys()].forEach((path) => this.#drop(path));
  }
}

/**
 * How many keys of their own group the anchors of a gather see when they run as one batch: anchor j those of the anchors
 * before it. The first of all (`begins`) sees its own instead. Exact in one batch, because an anchor depends on earlier ones
 * through these keys alone.
 */
export function gatherCounts(
  anchors: number,
  tokens: number,
  branches: number,
  begins: boolean,
): number[] {
  const least = begins ? 1 : 0;
  const counts = Array.from({ length: anchors }, (_, anchor) => Math.max(least, anchor) * tokens);
  return Array.from({ length: branches }, () => counts).flat();
}

/** Bytes of one step's keys and values of `anchors` frames over all self-attention sites, float32. */
export function bankBytes(
  manifest: Manifest,
  pins: Readonly<Record<string, number>>,
  anchors: number,
): number {
  const perFrame = manifest.segments.reduce((sum, { site }) => {
    const tokens = site?.kind === 'self' ? (pins[`tokens_${site.level}`] ?? 0) : 0;
    return sum + 2 * 4 * tokens * (site === undefined ? 0 : site.heads * site.headDim);
  }, 0);
  return perFrame * anchors * manifest.branches.length;
}
