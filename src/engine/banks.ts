import type { Disposable } from '../base/disposal.ts';
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

  dispose(): void {
    for (const { k, v } of this.#sites.values()) {
      k.dispose();
      v.dispose();
    }
    this.#sites.clear();
  }
}

/**
 * How many keys each anchor of a gather sees when all run as one batch: anchor j those of the anchors before it, the
 * first one its own. Exact in one batch, because an anchor depends on earlier ones through these keys alone.
 */
export function gatherCounts(anchors: number, tokens: number, branches: number): number[] {
  const counts = Array.from({ length: anchors }, (_, anchor) => Math.max(1, anchor) * tokens);
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
