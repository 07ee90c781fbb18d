import { checkAborted } from '../base/abort.ts';
import { must } from '../base/assert.ts';
import { DisposalScope } from '../base/disposal.ts';
import type { AttentionSite, Segment } from '../models/manifest.ts';
import { yieldToEvents } from './events.ts';
import type { Bank, Graph, Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { StageClock } from './stage-clock.ts';

/** Keys and values that one site reads; tensors belong to the holder. */
export type KeysValues = { readonly k: Tensor; readonly v: Tensor };

/**
 * Decides what a self-attention site reads. `own` is what the site just made for the frames at hand ([branches * frames,
 * tokens, channels]); it is only lent: what is to stay must be taken as a tensor of its own (`reshape`).
 */
export type SelfAttention = (site: AttentionSite, own: KeysValues) => readonly Bank[];

/** Looks at some tokens of the prompt as the cross-attention sites come by. */
export type TokenReader = {
  /** Places of the tokens in the context. */
  readonly tokens: readonly number[];
  /** Takes over `map`, [branches * frames, queries, tokens]: each token's share of the site's attention. */
  readonly read: (site: AttentionSite, map: Tensor) => void;
};

export type UNetCall = {
  /**
   * By the names that segments read: `sample`, `timeEmbedding`, `timeCond` where the model has it, and with motion modules
   * `positions`; then `sample` holds one whole window of frames per branch. Only lent.
   */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly selfAttention: SelfAttention;
  /** Per cross-attention site, [branches, tokens, channels]. */
  readonly context: ReadonlyMap<string, KeysValues>;
  readonly tokenReader?: TokenReader | undefined;
  /** By level, [branches * frames, tokens]: queries of self- and cross-attention that are skipped are 0. All count where absent. */
  readonly queryMasks?: ReadonlyMap<number, Tensor> | undefined;
  readonly signal: AbortSignal;
};

/** The U-Net cut at its attention sites: graphs of our package with the runtime's attention in between. */
export class UNet {
  readonly #runtime: TensorRuntime;
  readonly #segments: readonly Segment[];
  readonly #graphs: readonly Graph[];
  readonly #clock: StageClock;
  /** Names that nobody reads after segment i. */
  readonly #dead: readonly (readonly string[])[];

  constructor(
    runtime: TensorRuntime,
    segments: readonly Segment[],
    graphs: readonly Graph[],
    clock: StageClock,
  ) {
    this.#runtime = runtime;
    this.#segments = segments;
    this.#graphs = graphs;
    this.#clock = clock;
    this.#dead = planReleases(segments);
  }

  /** The model's prediction for [branches * frames, channels, h, w]. */
  async predict(call: UNetCall): Promise<Tensor> {
    const live = new Map<string, Tensor>(Object.entries(call.inputs));
    const scope = new DisposalScope();
    try {
      for (const [index, segment] of this.#segments.entries()) {
        checkAborted(call.signal);
        await this.#runSegment(index, segment, live, scope);
        if (segment.site !== undefined) {
          live.set(segment.site.out, scope.own(await this.#attend(segment.site, live, call)));
        }
        for (const name of this.#dead[index] ?? []) {
          const tensor = live.get(name);
          live.delete(name);
          if (tensor !== undefined && !(name in call.inputs)) {
            scope.release(tensor).dispose();
          }
        }
        await yieldToEvents();
      }
      const last = this.#segments.at(-1)?.outputs[0] ?? '';
      return scope.release(must(live.get(last), `the U-Net's result ${last}`));
    } finally {
      scope.dispose();
    }
  }

  async #runSegment(
    index: number,
    segment: Segment,
    live: Map<string, Tensor>,
    scope: DisposalScope,
  ): Promise<void> {
    const inputs = Object.fromEntries(
      segment.inputs.map((name) => [
        name,
        must(live.get(name), `tensor ${name} of ${segment.file}`),
      ]),
    );
    const outputs = await this.#clock.time('unet', () =>
      this.#runtime.run(must(this.#graphs[index], segment.file), inputs),
    );
    for (const [name, tensor] of Object.entries(outputs)) {
      live.set(name, scope.own(tensor));
    }
  }

  async #attend(
    site: AttentionSite,
    live: ReadonlyMap<string, Tensor>,
    call: UNetCall,
  ): Promise<Tensor> {
    const lent = (name: string | undefined) =>
      must(
        name === undefined ? undefined : live.get(name),
        `${name ?? 'a tensor'} of ${site.path}`,
      );
    const q = lent(site.q);
    const banks = this.#banks(site, call, () => ({ k: lent(site.k), v: lent(site.v) }));
    const { heads, headDim } = site;
    if (site.kind === 'cross' && call.tokenReader !== undefined) {
      const { tokens, read } = call.tokenReader;
      const { k } = must(banks[0], 'keys of the prompt');
      read(site, await this.#runtime.attentionMap({ q, k, heads, headDim, tokens }));
    }
    // At temporal sites entries are places, not frames.
    const queryMask = site.kind === 'temporal' ? undefined : call.queryMasks?.get(site.level);
    return await this.#clock.time('attention', () =>
      this.#runtime.attention({
        q,
        heads,
        headDim,
        paths: [{ scale: 1, banks }],
        ...(queryMask === undefined ? {} : { queryMask }),
      }),
    );
  }

  #banks(site: AttentionSite, call: UNetCall, own: () => KeysValues): readonly Bank[] {
    switch (site.kind) {
      case 'self':
        return call.selfAttention(site, own());
      case 'cross':
        return [must(call.context.get(site.path), `keys of the prompt at ${site.path}`)];
      case 'temporal':
        // Every place of the picture is an entry of its own and attends over the frames of its window.
        return [own()];
    }
  }
}

/** For each segment the names that no later one reads: they are freed once its site has run. */
function planReleases(segments: readonly Segment[]): string[][] {
  const lastUse = new Map<string, number>();
  segments.forEach((segment, index) => {
    const site = segment.site;
    const made = site === undefined ? segment.outputs : [...segment.outputs, site.out];
    for (const name of [...segment.inputs, ...made]) {
      lastUse.set(name, index);
    }
  });
  const result = segments.at(-1)?.outputs[0];
  const plan = segments.map((): string[] => []);
  for (const [name, index] of lastUse) {
    if (name !== result) {
      plan[index]?.push(name);
    }
  }
  return plan;
}
