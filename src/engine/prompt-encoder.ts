import { must } from '../base/assert.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import type { Manifest } from '../models/manifest.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import type { Graph, Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import { TextModel, type TextParts } from './text-model.ts';
import type { KeysValues } from './unet.ts';

export type Prompt = { readonly prompt: string; readonly negative: string };

export type EncodedPrompt = {
  /** Per cross-attention site, [branches, tokens, channels]; stays the encoder's, until the next prompt. */
  readonly context: ReadonlyMap<string, KeysValues>;
  /** Texts that the model can't read to their end, and the ends. */
  readonly cut: readonly { readonly text: keyof Prompt; readonly end: string }[];
  /** What the prompt asks for; null where the package can't tell. */
  readonly reading: PromptReading | null;
};

/** The text model and the graph of the prompt's keys and values: run once per prompt, not per step. */
export class PromptEncoder implements Disposable {
  readonly #manifest: Manifest;
  readonly #runtime: TensorRuntime;
  readonly #text: TextModel;
  readonly #contexts: readonly Graph[];
  #scope = new DisposalScope();
  readonly #emptyScope = new DisposalScope();
  #empty: ReadonlyMap<string, KeysValues> | null = null;
  #last: { readonly key: string; readonly encoded: EncodedPrompt } | null = null;

  private constructor(parts: TextParts, text: TextModel, contexts: readonly Graph[]) {
    this.#manifest = parts.manifest;
    this.#runtime = parts.runtime;
    this.#text = text;
    this.#contexts = contexts;
  }

  static async load(parts: TextParts): Promise<PromptEncoder> {
    const text = await TextModel.load(parts);
    const graphs: Graph[] = [];
    for (const context of parts.manifest.contexts) {
      graphs.push(await parts.load(context.file));
    }
    return new PromptEncoder(parts, text, graphs);
  }

  async encode(prompt: Prompt): Promise<EncodedPrompt> {
    const key = JSON.stringify([prompt.prompt, prompt.negative]);
    if (this.#last?.key === key) {
      return this.#last.encoded;
    }
    this.#forget();
    const encoded = await this.#encode(prompt);
    this.#last = { key, encoded };
    return encoded;
  }

  /** Of the empty text alone, [1, tokens, channels]: made once, the encoder's. */
  async encodeEmpty(): Promise<ReadonlyMap<string, KeysValues>> {
    if (this.#empty === null) {
      const { context } = await this.#text.encode(['']);
      try {
        this.#empty = await this.#makeBanks(context, this.#emptyScope);
      } finally {
        context.dispose();
      }
    }
    return this.#empty;
  }

  dispose(): void {
    this.#forget();
    this.#empty = null;
    this.#emptyScope.dispose();
  }

  #forget(): void {
    this.#last = null;
    this.#scope.dispose();
    this.#scope = new DisposalScope();
  }

  async #encode(prompt: Prompt): Promise<EncodedPrompt> {
    const { branches } = this.#manifest;
    const texts = { prompt: prompt.prompt, negative: prompt.negative, empty: '' };
    const encoded = await this.#text.encode(branches.map((branch) => texts[branch.text]));
    const { context, tokens } = encoded;
    try {
      const own = branches.findIndex((branch) => branch.text === 'prompt');
      return {
        context: await this.#makeBanks(context, this.#scope),
        cut: branches.flatMap(({ text }, i) => {
          const end = tokens[i]?.cut ?? null;
          // Several branches may read the same text.
          const isFirst = branches.findIndex((branch) => branch.text === text) === i;
          return end === null || text === 'empty' || !isFirst ? [] : [{ text, end }];
        }),
        reading: own < 0 ? null : await this.#text.read(prompt.prompt, encoded, own),
      };
    } finally {
      context.dispose();
    }
  }

  /** The keys and values of all sites, owned by `scope`. */
  async #makeBanks(context: Tensor, scope: DisposalScope): Promise<Map<string, KeysValues>> {
    const banks = new Map<string, KeysValues>();
    for (const [index, part] of this.#manifest.contexts.entries()) {
      // A second context (image tokens) is fed by its own encoder; the package says so by its role.
      if (part.role !== 'text') {
        continue;
      }
      const graph = must(this.#contexts[index], part.file);
      const outputs = await this.#runtime.run(graph, { [part.inputs[0] ?? 'context']: context });
      Object.values(outputs).forEach((tensor) => scope.own(tensor));
      for (const [path, names] of Object.entries(part.sites)) {
        banks.set(path, {
          k: must(outputs[names.k], `${names.k} of ${part.file}`),
          v: must(outputs[names.v], `${names.v} of ${part.file}`),
        });
      }
    }
    return banks;
  }
}
