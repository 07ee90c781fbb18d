import { assert, must } from '../../base/assert.ts';
import {
  encodeModelHead,
  encodeModelPiece,
  i64Data,
  type Attribute,
  type Dim,
  type Initialiser,
  type OnnxType,
  type OpNode,
  type Value,
} from './proto.ts';

/** Nodes and weights that a step becomes when its graph is written; weights are read only then. */
export type Expansion = {
  readonly nodes: readonly OpNode[];
  readonly initialisers: readonly Initialiser[];
};
export type Expand = () => Promise<Expansion>;

export type NodeOptions = {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  /** Element type of the result; the first input's by default. */
  readonly type?: OnnxType;
  readonly name?: Naming;
};

/** Start of a result's name (a number follows), or the very name, for results the manifest points to. */
export type Naming = { readonly hint: string } | { readonly exact: string };

type Draft = {
  readonly inputs: Map<string, Value>;
  readonly outputs: Map<string, Value>;
  readonly steps: (OpNode | Expand)[];
  readonly constants: Map<string, Initialiser>;
};

/** One graph of a series, ready to be written. */
export type GraphPlan = {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The bytes of the .onnx file, piece by piece; weights are read as they are needed. */
  write(name: string): AsyncIterable<Uint8Array>;
};

function emptyDraft(): Draft {
  return { inputs: new Map(), outputs: new Map(), steps: [], constants: new Map() };
}

/**
 * A network as one ONNX graph or several in a row. `cut` ends a graph; a value used after the cut that it was made
 * before becomes an output there and an input here by itself, so builders never list what later segments need.
 * Sizes may stay symbolic. Value names are unique over the whole series.
 */
export class GraphSeries {
  readonly #drafts: Draft[] = [emptyDraft()];
  readonly #home = new Map<string, number>();
  #count = 0;

  /** A tensor that the engine supplies: to the graph in work, and to any later one that uses it. */
  input(name: string, dims: readonly Dim[], type: OnnxType = 'f32'): Value {
    assert(!this.#home.has(name), `two values are called ${name}`);
    this.#home.set(name, -1);
    return { name, dims, type };
  }

  /** One operator with one result. */
  node(
    op: string,
    inputs: readonly (Value | string)[],
    dims: readonly Dim[],
    options: NodeOptions = {},
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : this.#use(input)));
    const first = inputs.find((input) => typeof input !== 'string');
    const naming = options.name ?? { hint: op.toLowerCase() };
    const result = this.#fresh(naming, dims, options.type ?? first?.type ?? 'f32');
    this.#draft.steps.push({
      op,
      inputs: names,
      outputs: [result.name],
      ...(options.domain === undefined ? {} : { domain: options.domain }),
      ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
    });
    return result;
  }

  /**
   * A step whose nodes depend on weights: `expand` gets the names of its input and result, and is called when the
   * graph is written.
   */
  weighted(
    input: Value,
    dims: readonly Dim[],
    naming: Naming,
    expand: (input: string, output: string) => Promise<Expansion>,
  ): Value {
    const from = this.#use(input);
    const result = this.#fresh(naming, dims, input.type === 'f16' ? 'f16' : 'f32');
    this.#draft.steps.push(() => expand(from, result.name));
    return result;
  }

  /** Weights alone, as a value inside the graph in work. */
  weight(dims: readonly number[], expand: (output: string) => Promise<Expansion>): Value {
    const result = this.#fresh({ hint: 'weight' }, dims, 'f32');
    this.#draft.steps.push(() => expand(result.name));
    return result;
  }

  /** A small integer constant (sizes, axes), shared inside a graph. */
  integers(values: readonly number[]): string {
    const name = `int.${values.join('_')}`;
    this.#draft.constants.set(name, {
      name,
      dims: [values.length],
      type: 'i64',
      data: i64Data(values),
    });
    return name;
  }

  /** A small constant of this graph. */
  constant(tensor: Initialiser): string {
    this.#draft.constants.set(tensor.name, tensor);
    return tensor.name;
  }

  /** Marks results of the graph in work. */
  output(...values: readonly Value[]): void {
    for (const value of values) {
      const home = must(this.#home.get(value.name), `the home of ${value.name}`);
      assert(home >= 0, `${value.name} is an input, not a result`);
      must(this.#drafts[home], 'draft').outputs.set(value.name, value);
    }
  }

  /** Ends the graph in work and starts the next. */
  cut(): void {
    this.#drafts.push(emptyDraft());
  }

  finish(): readonly GraphPlan[] {
    return this.#drafts.map((draft) => ({
      inputs: [...draft.inputs.values()],
      outputs: [...draft.outputs.values()],
      write: (name: string) => writeDraft(draft, name),
    }));
  }

  get #draft(): Draft {
    return must(this.#drafts.at(-1), 'draft');
  }

  #fresh(naming: Naming, dims: readonly Dim[], type: OnnxType): Value {
    const name = 'exact' in naming ? naming.exact : `${naming.hint}#${String(this.#count++)}`;
    assert(!this.#home.has(name), `two values are called ${name}`);
    this.#home.set(name, this.#drafts.length - 1);
    return { name, dims, type };
  }

  #use(value: Value): string {
    const here = this.#drafts.length - 1;
    const home = must(this.#home.get(value.name), `the home of ${value.name}`);
    if (home !== here) {
      this.#draft.inputs.set(value.name, value);
      this.#drafts[home]?.outputs.set(value.name, value);
    }
    return value.name;
  }
}

async function* writeDraft(draft: Draft, name: string): AsyncGenerator<Uint8Array> {
  yield encodeModelHead(name, [...draft.inputs.values()], [...draft.outputs.values()]);
  yield encodeModelPiece([], [...draft.constants.values()]);
  for (const step of draft.steps) {
    if (typeof step === 'function') {
      const { nodes, initialisers } = await step();
      yield encodeModelPiece(nodes, initialisers);
    } else {
      yield encodeModelPiece([step], []);
    }
  }
}
