import { must } from '../base/assert.ts';
import { DisposalScope } from '../base/disposal.ts';
import { createTokenizer, type Tokenizer, type Tokens } from '../diffusion/tokenizer.ts';
import type { Manifest } from '../models/manifest.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import { emptyReading, toPromptReading } from './prompt-reading.ts';
import type { Graph, Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

export type TextParts = {
  readonly manifest: Manifest;
  readonly runtime: TensorRuntime;
  readonly read: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** The graph stays the caller's. */
  readonly load: (path: string) => Promise<Graph>;
};

/** Texts as the text encoder gives them out. */
export type EncodedTexts = {
  readonly tokens: readonly Tokens[];
  /** [texts, tokens, channels]; the caller's. */
  readonly context: Tensor;
};

/** A package's tokenizer, text encoder and, where it has one, prompt reader. */
export class TextModel {
  readonly #manifest: Manifest;
  readonly #runtime: TensorRuntime;
  readonly #tokenizer: Tokenizer;
  readonly #encoder: Graph;
  readonly #reader: Graph | null;
  readonly #end: number;

  private constructor(
    parts: TextParts,
    tokenizer: Tokenizer,
    encoder: Graph,
    reader: Graph | null,
  ) {
    this.#manifest = parts.manifest;
    this.#runtime = parts.runtime;
    this.#tokenizer = tokenizer;
    this.#encoder = encoder;
    this.#reader = reader;
    this.#end = must(tokenizer.encode('').at(-1), 'the end token');
  }

  static async load(parts: TextParts): Promise<TextModel> {
    const { text, promptReader } = parts.manifest;
    const asText = async (path: string) => new TextDecoder().decode(await parts.read(path));
    const tokenizer = createTokenizer(
      await asText(text.tokenizerFiles.vocab),
      await asText(text.tokenizerFiles.merges),
      text,
    );
    const encoder = await parts.load(text.file);
    const reader = promptReader === undefined ? null : await parts.load(promptReader.file);
    return new TextModel(parts, tokenizer, encoder, reader);
  }

  async encode(texts: readonly string[]): Promise<EncodedTexts> {
    const { text } = this.#manifest;
    const tokens = texts.map((one) => this.#tokenizer.tokenize(one));
    const ids = new Int32Array(texts.length * text.maxTokens);
    tokens.forEach((row, i) => ids.set(row.ids, i * text.maxTokens));
    const scope = new DisposalScope();
    try {
      const input = scope.own(this.#runtime.upload(ids, [texts.length, text.maxTokens], 'i32'));
      const states = await this.#runtime.run(this.#encoder, { [text.inputs[0] ?? 'ids']: input });
      return { tokens, context: must(states[text.outputs[0] ?? 'context'], text.file) };
    } finally {
      scope.dispose();
    }
  }

  /** What an encoded text asks for; null where the package has no reader. `text` is the one at `index`. */
  async read(text: string, encoded: EncodedTexts, index: number): Promise<PromptReading | null> {
    const { promptReader } = this.#manifest;
    if (promptReader === undefined || this.#reader === null) {
      return null;
    }
    if (text.trim() === '') {
      return emptyReading(this.#manifest, promptReader);
    }
    const runtime = this.#runtime;
    const scope = new DisposalScope();
    try {
      // The first end token has seen the whole text; those after it are padding.
      const end = must(encoded.tokens[index], 'a text').ids.indexOf(this.#end);
      const rows = scope.own(await runtime.slice(encoded.context, 0, index, index + 1));
      const row = scope.own(await runtime.slice(rows, 1, end, end + 1));
      const flat = scope.own(runtime.reshape(row, [1, this.#manifest.contextWidth]));
      const made = await runtime.run(this.#reader, { [promptReader.inputs[0] ?? 'row']: flat });
      Object.values(made).forEach((tensor) => scope.own(tensor));
      const readings = must(made[promptReader.outputs[0] ?? 'readings'], promptReader.file);
      return toPromptReading(this.#manifest, promptReader, await runtime.download(readings));
    } finally {
      scope.dispose();
    }
  }
}
