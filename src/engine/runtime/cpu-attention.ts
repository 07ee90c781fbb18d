import { must } from '../../base/assert.ts';
import { fusedAttentionGraph, type AttentionGraphKind } from './attention-graphs.ts';
import {
  countKeys,
  isBatched,
  planGroups,
  rowsPerRun,
  type AttentionGroup,
} from './attention-plan.ts';
import type { AttentionSizes } from './checks.ts';
import type { SessionGraph, Sessions } from './sessions.ts';

type Floats = Float32Array<ArrayBuffer>;

type CpuBank = {
  readonly k: Floats;
  readonly v: Floats;
  readonly entries: number;
  readonly keys: number;
  readonly keyCounts?: readonly number[];
  readonly keyWeights?: Floats;
};

type CpuAttentionCall = AttentionSizes & {
  readonly q: Floats;
  readonly heads: number;
  readonly paths: readonly { readonly scale: number; readonly banks: readonly CpuBank[] }[];
  readonly queryMask?: Floats;
};

/** Keys and values that some queries read, in one piece: [entries, keys, channels]. */
type Keys = {
  readonly entries: number;
  readonly keys: number;
  readonly k: Floats;
  readonly v: Floats;
  readonly bias: Floats | null;
};

/** Where results of one path go: `out` += scale * result, or plain copies for the first path with scale 1. */
type Sink = { readonly out: Floats; readonly scale: number; readonly isFirst: boolean };

function deliver(sink: Sink, result: Floats, at: number): void {
  const { out, scale, isFirst } = sink;
  if (isFirst && scale === 1) {
    out.set(result, at);
    return;
  }
  for (let i = 0; i < result.length; i += 1) {
    const value = scale * (result[i] as number);
    out[at + i] = isFirst ? value : (out[at + i] as number) + value;
  }
}

function concat(parts: readonly Floats[]): Floats {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) {
    return first;
  }
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function toLogarithms(weights: Floats | null, keys: number): Floats {
  return weights === null ? new Float32Array(keys) : weights.map((weight) => Math.log(weight));
}

/** The keys of one group: a view where they lie in one bank, else its ranges copied behind each other. */
function keysOf(group: AttentionGroup, banks: readonly CpuBank[], channels: number): Keys {
  const ranges = group.ranges.map((range) => ({ ...range, data: must(banks[range.bank], 'bank') }));
  const rows = (array: Floats, entry: number, total: number, count: number): Floats =>
    array.subarray(entry * total * channels, (entry * total + count) * channels);
  const isBiased = ranges.some(({ data }) => data.keyWeights !== undefined);
  return {
    entries: 1,
    keys: countKeys(group),
    k: concat(ranges.map(({ data, entry, keys }) => rows(data.k, entry, data.keys, keys))),
    v: concat(ranges.map(({ data, entry, keys }) => rows(data.v, entry, data.keys, keys))),
    bias: isBiased
      ? concat(
          ranges.map(({ data, entry, keys }) => {
            const start = entry * data.keys;
            return toLogarithms(data.keyWeights?.subarray(start, start + keys) ?? null, keys);
          }),
        )
      : null,
  };
}

/** Attention as runs of one MultiHeadAttention graph on the WASM provider, cut so that scores stay under 64 MB. */
export class CpuAttention {
  readonly #sessions: Sessions;
  readonly #graphs = new Map<string, Promise<SessionGraph>>();

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** [batch, queries, channels] */
  async run(call: CpuAttentionCall): Promise<Floats> {
    let out: Floats | null = null;
    for (const [index, { scale, banks }] of call.paths.entries()) {
      const groups = planGroups(call.batch, banks);
      const isWhole = index === 0 && scale === 1;
      const direct = isWhole ? await this.#runWhole(call, groups, banks) : null;
      if (direct !== null) {
        out = direct;
        continue;
      }
      out ??= new Float32Array(call.q.length);
      const sink = { out, scale, isFirst: index === 0 };
      for (const group of groups) {
        await this.#runGroup(call, group, banks, sink);
      }
    }
    return out ?? new Float32Array(call.q.length);
  }

  /**
   * The common case in one run and no copy: every group reads one bank in place, no query is skipped, scores fit.
   * Null where that is not so.
   */
  async #runWhole(
    call: CpuAttentionCall,
    groups: readonly AttentionGroup[],
    banks: readonly CpuBank[],
  ): Promise<Floats | null> {
    const [first] = groups;
    const isMasked = call.queryMask?.some((value) => value === 0) ?? false;
    if (first === undefined || isMasked || countKeys(first) === 0) {
      return null;
    }
    const rows = (first.to - first.from) * call.queries;
    const scoreRows = rows * groups.length;
    if (scoreRows > rowsPerRun(call.heads, countKeys(first))) {
      return null;
    }
    if (groups.length === 1) {
      return await this.#attend(call, keysOf(first, banks, call.channels), call.q);
    }
    const bank = banks[first.ranges[0]?.bank ?? 0];
    if (bank === undefined || bank.keyWeights !== undefined || !isBatched(groups, banks)) {
      return null;
    }
    const keys = { entries: groups.length, keys: bank.keys, k: bank.k, v: bank.v, bias: null };
    return await this.#attend(call, keys, call.q);
  }

  async #runGroup(
    call: CpuAttentionCall,
    group: AttentionGroup,
    banks: readonly CpuBank[],
    sink: Sink,
  ): Promise<void> {
    if (countKeys(group) === 0) {
      return;
    }
    const { queries, channels } = call;
    const keys = keysOf(group, banks, channels);
    const perRun = rowsPerRun(call.heads, keys.keys);
    const from = group.from * queries;
    const to = group.to * queries;
    const wanted = call.queryMask === undefined ? null : wantedRows(call.queryMask, from, to);
    if (wanted !== null && wanted.length < to - from) {
      for (let at = 0; at < wanted.length; at += perRun) {
        const rows = wanted.subarray(at, at + perRun);
        const result = await this.#attend(call, keys, gatherRows(call.q, rows, channels));
        rows.forEach((row, i) => {
          deliver(sink, result.subarray(i * channels, (i + 1) * channels), row * channels);
        });
      }
      return;
    }
    for (let at = from; at < to; at += perRun) {
      const end = Math.min(at + perRun, to);
      const result = await this.#attend(call, keys, call.q.subarray(at * channels, end * channels));
      deliver(sink, result, at * channels);
    }
  }

  async #attend({ heads, channels }: CpuAttentionCall, keys: Keys, q: Floats): Promise<Floats> {
    const { Tensor } = this.#sessions.ort;
    const rows = q.length / channels / keys.entries;
    const isBiased = keys.bias !== null;
    const key = `${heads} ${isBiased}`;
    const graph = await this.#graph(key, { heads, isBiased });
    try {
      const outputs = await this.#sessions.run(graph, {
        q: new Tensor('float32', q, [keys.entries, rows, channels]),
        k: new Tensor('float32', keys.k, [keys.entries, keys.keys, channels]),
        v: new Tensor('float32', keys.v, [keys.entries, keys.keys, channels]),
        ...(keys.bias === null
          ? {}
          : { bias: new Tensor('float32', keys.bias, [keys.entries, 1, 1, keys.keys]) }),
      });
      return must(outputs['out'], 'attention output').data as Floats;
    } catch (error) {
      this.#forgetSpent(key, graph);
      throw error;
    }
  }

  async #graph(key: string, kind: AttentionGraphKind): Promise<SessionGraph> {
    const known = this.#graphs.get(key);
    if (known !== undefined) {
      return await known;
    }
    const made = this.#sessions.create(fusedAttentionGraph(kind), {});
    this.#graphs.set(key, made);
    made.catch(() => this.#graphs.delete(key));
    return await made;
  }

  /** These graphs outlive the model: one that failed, for want of memory say, must not fail every later job. */
  #forgetSpent(key: string, graph: SessionGraph): void {
    if (graph.isSpent && !graph.isDisposed) {
      this.#graphs.delete(key);
      graph.dispose();
    }
  }
}

/** Numbers of the rows in `[from, to)` whose mask is not 0. */
function wantedRows(mask: Floats, from: number, to: number): Uint32Array {
  const rows = new Uint32Array(to - from);
  let count = 0;
  for (let row = from; row < to; row += 1) {
    if (mask[row] !== 0) {
      rows[count] = row;
      count += 1;
    }
  }
  return rows.subarray(0, count);
}

function gatherRows(q: Floats, rows: Uint32Array, channels: number): Floats {
  const out = new Float32Array(rows.length * channels);
  rows.forEach((row, i) => {
    out.set(q.subarray(row * channels, (row + 1) * channels), i * channels);
  });
  return out;
}
