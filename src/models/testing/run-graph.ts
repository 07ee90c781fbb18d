import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { AttentionSite, Manifest } from '../manifest.ts';
import type { Plain } from './golden.ts';

function toOrt(value: Plain | Int32Array, dims: readonly number[]): Tensor {
  return value instanceof Int32Array
    ? new Tensor('int32', value, dims)
    : new Tensor('float32', value.data, value.dims);
}

/** Float values, or whole numbers that cross as such. */
type Input = Plain | { readonly dims: readonly number[]; readonly ids: Int32Array };

/** One graph on ONNX Runtime's CPU provider. */
export class OracleGraph {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async load(bytes: Uint8Array): Promise<OracleGraph> {
    return new OracleGraph(
      await InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        logSeverityLevel: 3,
        intraOpNumThreads: 1,
      }),
    );
  }

  async run(inputs: Readonly<Record<string, Input>>): Promise<Record<string, Plain>> {
    const feeds: Record<string, Tensor> = {};
    for (const name of this.#session.inputNames) {
      const value = inputs[name];
      if (value === undefined) {
        throw new Error(`the graph reads ${name}, which nobody made`);
      }
      feeds[name] = 'ids' in value ? toOrt(value.ids, value.dims) : toOrt(value, value.dims);
    }
    const results = await this.#session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [
        name,
        { dims: tensor.dims, data: tensor.data as Float32Array },
      ]),
    );
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

/** softmax(q kᵀ / sqrt(headDim)) v in float64; q [b, n, c], k and v [kb, m, c] with kb dividing b. */
export function plainAttention(q: Plain, k: Plain, v: Plain, heads: number): Plain {
  const [batch = 0, queries = 0, width = 0] = q.dims;
  const [banks = 1, keys = 0] = k.dims;
  const headDim = width / heads;
  const out = new Float32Array(batch * queries * width);
  const logits = new Float64Array(keys);
  for (let entry = 0; entry < batch; entry++) {
    const bank = Math.floor((entry * banks) / batch);
    for (let head = 0; head < heads; head++) {
      for (let row = 0; row < queries; row++) {
        const at = (entry * queries + row) * width + head * headDim;
        let highest = Number.NEGATIVE_INFINITY;
        for (let key = 0; key < keys; key++) {
          const from = (bank * keys + key) * width + head * headDim;
          let dot = 0;
          for (let i = 0; i < headDim; i++) {
            dot += (q.data[at + i] ?? 0) * (k.data[from + i] ?? 0);
          }
          const logit = dot / Math.sqrt(headDim);
          logits[key] = logit;
          highest = Math.max(highest, logit);
        }
        let total = 0;
        const sums = new Float64Array(headDim);
        for (let key = 0; key < keys; key++) {
          const weight = Math.exp((logits[key] ?? 0) - highest);
          total += weight;
          const from = (bank * keys + key) * width + head * headDim;
          for (let i = 0; i < headDim; i++) {
            sums[i] = (sums[i] ?? 0) + weight * (v.data[from + i] ?? 0);
          }
        }
        for (let i = 0; i < headDim; i++) {
          out[at + i] = (sums[i] ?? 0) / total;
        }
      }
    }
  }
  return { dims: q.dims, data: out };
}

/** What happens at one site; tests replace it to look inside or to attend across frames. */
export type SiteFunction = (site: AttentionSite, q: Plain, k: Plain, v: Plain) => Plain;

const plainSite: SiteFunction = (site, q, k, v) => plainAttention(q, k, v, site.heads);

/** A package whose graphs run one after the other on the oracle: the plainest reading of the manifest. */
export class OraclePackage<M extends Pick<Manifest, 'segments' | 'contexts'> = Manifest> {
  readonly manifest: M;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #graphs = new Map<string, OracleGraph>();

  constructor(manifest: M, files: ReadonlyMap<string, Uint8Array>) {
    this.manifest = manifest;
    this.#files = files;
  }

  async graph(file: string): Promise<OracleGraph> {
    const loaded = this.#graphs.get(file);
    if (loaded !== undefined) {
      return loaded;
    }
    const bytes = this.#files.get(file);
    if (bytes === undefined) {
      throw new Error(`${file} is not in the package`);
    }
    const graph = await OracleGraph.load(bytes);
    this.#graphs.set(file, graph);
    return graph;
  }

  async run(file: string, inputs: Readonly<Record<string, Input>>): Promise<Record<string, Plain>> {
    return (await this.graph(file)).run(inputs);
  }

  /** The U-Net's prediction; `inputs` has sample, timeEmbedding, timeCond and positions where needed. */
  async unet(
    inputs: Readonly<Record<string, Input>>,
    context: Plain,
    attend: SiteFunction = plainSite,
  ): Promise<Plain> {
    const values: Record<string, Input> = { ...inputs };
    const banks: Record<string, { k: Plain; v: Plain }> = {};
    for (const part of this.manifest.contexts) {
      const made = await this.run(part.file, { context });
      for (const [path, names] of Object.entries(part.sites)) {
        banks[path] = { k: pick(made, names.k), v: pick(made, names.v) };
      }
    }
    for (const segment of this.manifest.segments) {
      Object.assign(values, await this.run(segment.file, values));
      if (segment.site !== undefined) {
        const { site } = segment;
        const bank = banks[site.path] ?? {
          k: pick(values, site.k ?? ''),
          v: pick(values, site.v ?? ''),
        };
        values[site.out] = attend(site, pick(values, site.q), bank.k, bank.v);
      }
    }
    return pick(values, 'prediction');
  }

  async dispose(): Promise<void> {
    for (const graph of this.#graphs.values()) {
      await graph.dispose();
    }
    this.#graphs.clear();
  }
}

function pick(values: Readonly<Record<string, Input>>, name: string): Plain {
  const value = values[name];
  if (value === undefined || 'ids' in value) {
    throw new Error(`${name} was not made`);
  }
  return value;
}
