import { must } from '../base/assert.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import { createTokenizer, type Tokenizer } from '../diffusion/tokenizer.ts';
import type { Manifest } from '../models/manifest.ts';
import type { Graph, Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { KeysValues } from './unet.ts';

export type Prompt = { readonly prompt: string; readonly negative: string };

export type EncodedPrompt = {
  /** Per cross-attention site, [branches, tokens, channels]; stays the encoder's, until the next prompt. */
  readonly context: ReadonlyMap<string, KeysValues>;
  readonly cut: string | null;
};

type Parts = {
  readonly manifest: Manifest;
  readonly runtime: TensorRuntime;
  readonly read: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  readonly load: (path: string) => Promise<Graph>;
};

/** Tokenizer, text encoder and the graph of the prompt's keys and values: run once per prompt, not per step. */
export class PromptEncoder implements Disposable {
  readonly #manifest: Manifest;
  readonly #runtime: TensorRuntime;
  readonly #tokenizer: Tokenizer;
  readonly #text: Graph;
  readonly #contexts: readonly Graph[];
  #scope = new DisposalScope();
  #last: { readonly key: string; readonly encoded: EncodedPrompt } | null = null;

  private constructor(parts: Parts, tokenizer: Tokenizer, text: Graph, contexts: readonly Graph[]) {
    this.#manifest = parts.manifest;
    this.#runtime = parts.runtime;
    this.#tokenizer = tokenizer;
    this.#text = text;
    this.#contexts = contexts;
  }

  static async load(parts: Parts): Promise<PromptEncoder> {
    const { text, contexts } = parts.manifest;
    const asText = async (path: string) => new TextDecoder().decode(await parts.read(path));
    const tokenizer = createTokenizer(
      await asText(text.tokenizerFiles.vocab),
      await asText(text.tokenizerFiles.merges),
      text,
    );
    const encoder = await parts.load(text.file);
    const graphs: Graph[] = [];
    for (const context of contexts) {
      graphs.push(await parts.load(context.file));
    }
    return new PromptEncoder(parts, tokenizer, encoder, graphs);
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

  dispose(): void {
    this.#forget();
  }

  #forget(): void {
    this.#last = null;
    this.#scope.dispose();
    this.#scope = new DisposalScope();
  }

  async #encode(prompt: Prompt): Promise<EncodedPrompt> {
    const { text, branches, contexts } = this.#manifest;
    const texts = { prompt: prompt.prompt, negative: prompt.negative, empty: '' };
    const tokens = branches.map((branch) => this.#tokenizer.tokenize(texts[branch.text]));
    const ids = new Int32Array(branches.length * text.maxTokens);
    tokens.forEach((row, i) => ids.set(row.ids, i * text.maxTokens));
    const work = new DisposalScope();
    try {
      const input = work.own(this.#runtime.upload(ids, [branches.length, text.maxTokens], 'i32'));
      const states = await this.#runtime.run(this.#text, { [text.inputs[0] ?? 'ids']: input });
      Object.values(states).forEach((tensor) => work.own(tensor));
      const context = must(states[text.outputs[0] ?? 'context'], `the result of ${text.file}`);
      const banks = new Map<string, KeysValues>();
      for (const [index, part] of contexts.entries()) {
        // A second context (image tokens) is fed by its own encoder; the package says so by its role.
        if (part.role === 'text') {
          await this.#addBanks(must(this.#contexts[index], part.file), part, context, banks);
        }
      }
      return { context: banks, cut: tokens.find((row) => row.cut !== null)?.cut ?? null };
    } finally {
      work.dispose();
    }
  }

  async #addBanks(
    graph: Graph,
    part: Manifest['contexts'][number],
    context: Tensor,
    banks: Map<string, KeysValues>,
  ): Promise<void> {
    const outputs = await this.#runtime.run(graph, { [part.inputs[0] ?? 'context']: context });
    Object.values(outputs).forEach((tensor) => this.#scope.own(tensor));
    for (const [path, names] of Object.entries(part.sites)) {
      banks.set(path, {
        k: must(outputs[names.k], `${names.k} of ${part.file}`),
        v: must(outputs[names.v], `${names.v} of ${part.file}`),
      });
    }
  }
}
