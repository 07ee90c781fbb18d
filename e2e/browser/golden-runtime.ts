import { must } from '../../src/base/assert.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import { UNet } from '../../src/engine/unet.ts';
import type {
  Bank,
  Graph,
  Tensor,
  TensorRuntime,
} from '../../src/engine/runtime/tensor-runtime.ts';
import type { AttentionSite, Manifest } from '../../src/models/manifest.ts';
import type { RuntimeKind } from '../../src/protocol/engine.ts';

/* Runs compiled graphs on the engine's runtime for `npm run goldens`. Tensors cross as base64: they are small. */

export type Wire = {
  readonly dims: readonly number[];
  readonly type: 'f32' | 'i32';
  readonly base64: string;
};

type KeysValues = { readonly k: Tensor; readonly v: Tensor };
type Sites = Map<string, KeysValues>;

/** Which keys and values a kind of site reads: `own`, `own:0,2` (those frames of the batch), or a kept set's name. */
export type Reads = readonly string[];

export type UnetCall = {
  readonly parts: Pick<Manifest, 'contexts' | 'segments'>;
  readonly pins: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, Wire>>;
  /** By role of the context graphs. */
  readonly contexts: Readonly<Record<string, Wire>>;
  /** Scale of the second path (image tokens). */
  readonly imageScale?: number;
  readonly self?: Reads;
  readonly cross?: Reads;
  /** Name under which this pass's keys and values stay, all frames as one bank. */
  readonly keep?: string;
  /** Let the engine's own U-Net run it, every frame or window by itself. */
  readonly engine?: boolean;
  /** Return q, k, v and the result of these sites. */
  readonly record?: readonly string[] | 'all';
};

type State = {
  readonly runtime: TensorRuntime;
  readonly graphs: Map<string, Graph>;
  readonly kept: Map<string, { readonly self: Sites; readonly cross: Sites }>;
};

let state: State | null = null;

function current(): State {
  return must(state, 'an open runtime');
}

export async function open(kind: RuntimeKind): Promise<string> {
  const runtime = await createRuntime(kind);
  state = { runtime, graphs: new Map(), kept: new Map() };
  return runtime.info.kind;
}

export function forget(): void {
  const { graphs, kept } = current();
  for (const graph of graphs.values()) {
    graph.dispose();
  }
  graphs.clear();
  for (const { self, cross } of kept.values()) {
    for (const { k, v } of [...self.values(), ...cross.values()]) {
      k.dispose();
      v.dispose();
    }
  }
  kept.clear();
}

export function close(): void {
  forget();
  current().runtime.dispose();
  state = null;
}

export async function load(
  name: string,
  base64: string,
  pins: Readonly<Record<string, number>>,
): Promise<void> {
  const { runtime, graphs } = current();
  graphs.get(name)?.dispose();
  graphs.set(name, await runtime.load(fromBase64(base64), pins));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0);
}

function toBase64(data: Float32Array): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCodePoint(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

function upload({ dims, type, base64 }: Wire): Tensor {
  const bytes = fromBase64(base64);
  const data = type === 'i32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
  return current().runtime.upload(data, dims, type);
}

async function download(tensor: Tensor): Promise<Wire> {
  const data = await current().runtime.download(tensor);
  return { dims: tensor.shape, type: 'f32', base64: toBase64(data) };
}

async function runNamed(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
): Promise<Record<string, Tensor>> {
  const { runtime, graphs } = current();
  const graph = must(graphs.get(file), file);
  const inputs = Object.fromEntries(
    graph.inputs.map((name) => [name, must(tensors.get(name), `${name} of ${file}`)]),
  );
  return await runtime.run(graph, inputs);
}

/** One graph, uploaded and downloaded. */
export async function run(
  file: string,
  inputs: Readonly<Record<string, Wire>>,
): Promise<Record<string, Wire>> {
  const tensors = new Map(Object.entries(inputs).map(([name, wire]) => [name, upload(wire)]));
  const made = await runNamed(file, tensors);
  const results: Record<string, Wire> = {};
  for (const [name, tensor] of Object.entries(made)) {
    results[name] = await download(tensor);
    tensor.dispose();
  }
  for (const tensor of tensors.values()) {
    tensor.dispose();
  }
  return results;
}

type Contexts = { readonly text: Sites; readonly image: Sites };

async function runContexts(call: UnetCall): Promise<Contexts> {
  const made: Contexts = { text: new Map(), image: new Map() };
  for (const part of call.parts.contexts) {
    const wire = call.contexts[part.role];
    if (wire === undefined) {
      continue;
    }
    const context = upload(wire);
    const tensors = await runNamed(part.file, new Map([[must(part.inputs[0], 'input'), context]]));
    context.dispose();
    for (const [path, names] of Object.entries(part.sites)) {
      made[part.role].set(path, {
        k: must(tensors[names.k], names.k),
        v: must(tensors[names.v], names.v),
      });
    }
  }
  return made;
}

/** All entries as one bank: [b, keys, c] to [1, b * keys, c]. */
function merged({ k, v }: KeysValues): KeysValues {
  const { runtime } = current();
  const [batch = 0, keys = 0, width = 0] = k.shape;
  const shape = [1, batch * keys, width];
  return { k: runtime.reshape(k, shape), v: runtime.reshape(v, shape) };
}

async function banksOf(
  reads: Reads,
  own: KeysValues,
  kept: (name: string) => KeysValues,
  scratch: Tensor[],
): Promise<readonly Bank[]> {
  const { runtime } = current();
  const banks: Bank[] = [];
  for (const name of reads) {
    if (name === 'own') {
      banks.push(own);
    } else if (name.startsWith('own:')) {
      for (const frame of name.slice('own:'.length).split(',').map(Number)) {
        const k = await runtime.slice(own.k, 0, frame, frame + 1);
        const v = await runtime.slice(own.v, 0, frame, frame + 1);
        scratch.push(k, v);
        banks.push({ k, v });
      }
    } else {
      banks.push(kept(name));
    }
  }
  return banks;
}

class Pass {
  readonly call: UnetCall;
  readonly contexts: Contexts;
  readonly live = new Map<string, Tensor>();
  readonly self: Sites = new Map();
  readonly cross: Sites = new Map();
  readonly recorded: Record<string, Wire> = {};

  constructor(call: UnetCall, contexts: Contexts) {
    this.call = call;
    this.contexts = contexts;
  }

  #named(name: string | undefined): Tensor {
    return must(name === undefined ? undefined : this.live.get(name), name ?? 'a tensor');
  }

  async attend(site: AttentionSite): Promise<Tensor> {
    const { runtime, kept } = current();
    const isCross = site.kind === 'cross';
    const own = isCross
      ? must(this.contexts.text.get(site.path), `keys of the text at ${site.path}`)
      : { k: this.#named(site.k), v: this.#named(site.v) };
    const reads = (isCross ? this.call.cross : this.call.self) ?? ['own'];
    const scratch: Tensor[] = [];
    const fetch = (name: string): KeysValues => {
      const set = must(kept.get(name), `the kept set ${name}`);
      return must((isCross ? set.cross : set.self).get(site.path), `${name} at ${site.path}`);
    };
    const paths = [{ scale: 1, banks: await banksOf(reads, own, fetch, scratch) }];
    const image = isCross ? this.contexts.image.get(site.path) : undefined;
    if (image !== undefined) {
      paths.push({ scale: this.call.imageScale ?? 1, banks: [image] });
    }
    const q = this.#named(site.q);
    const { heads, headDim } = site;
    const out = await runtime.attention({ q, heads, headDim, paths });
    for (const tensor of scratch) {
      tensor.dispose();
    }
    if (this.call.keep !== undefined) {
      (isCross ? this.cross : this.self).set(site.path, merged(own));
    }
    await this.#record(site.path, { q, k: own.k, v: own.v, o: out });
    return out;
  }

  async #record(path: string, tensors: Readonly<Record<string, Tensor>>): Promise<void> {
    const { record } = this.call;
    if (record === 'all' || record?.includes(path) === true) {
      for (const [name, tensor] of Object.entries(tensors)) {
        this.recorded[`${path}.${name}`] = await download(tensor);
      }
    }
  }
}

function disposeContexts({ text, image }: Contexts): void {
  for (const { k, v } of [...text.values(), ...image.values()]) {
    k.dispose();
    v.dispose();
  }
}

async function engineUnet(call: UnetCall): Promise<Wire> {
  const { runtime, graphs } = current();
  const { segments } = call.parts;
  const loaded = segments.map(({ file }) => must(graphs.get(file), file));
  const contexts = await runContexts(call);
  const inputs = Object.fromEntries(
    Object.entries(call.inputs).map(([name, wire]) => [name, upload(wire)]),
  );
  const prediction = await new UNet(runtime, segments, loaded, new StageClock()).predict({
    inputs,
    selfAttention: (_, own) => [own],
    context: contexts.text,
    signal: new AbortController().signal,
  });
  const made = await download(prediction);
  [prediction, ...Object.values(inputs)].forEach((tensor) => tensor.dispose());
  disposeContexts(contexts);
  return made;
}

/** The whole U-Net, segment by segment; files must be loaded. */
export async function unet(
  call: UnetCall,
): Promise<{ prediction: Wire; recorded: Record<string, Wire> }> {
  if (call.engine === true) {
    return { prediction: await engineUnet(call), recorded: {} };
  }
  const { kept } = current();
  const pass = new Pass(call, await runContexts(call));
  for (const [name, wire] of Object.entries(call.inputs)) {
    pass.live.set(name, upload(wire));
  }
  for (const segment of call.parts.segments) {
    for (const [name, tensor] of Object.entries(await runNamed(segment.file, pass.live))) {
      pass.live.set(name, tensor);
    }
    if (segment.site !== undefined) {
      pass.live.set(segment.site.out, await pass.attend(segment.site));
    }
  }
  const prediction = await download(must(pass.live.get('prediction'), 'prediction'));
  for (const tensor of pass.live.values()) {
    tensor.dispose();
  }
  disposeContexts(pass.contexts);
  if (call.keep !== undefined) {
    kept.set(call.keep, { self: pass.self, cross: pass.cross });
  }
  return { prediction, recorded: pass.recorded };
}
