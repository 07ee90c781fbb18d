import { must } from '../../src/base/assert.ts';
import { DisposalScope } from '../../src/base/disposal.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import type { Graph, Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { parseManifest } from '../../src/models/manifest.ts';

/* Loads a package's U-Net on the CPU runtime and runs it once, for the compile benchmark. */

export type LoadedStep = {
  readonly loadSeconds: number;
  readonly stepSeconds: number;
  readonly isFinite: boolean;
};

function waves(runtime: TensorRuntime, dims: readonly number[]): Tensor {
  const count = dims.reduce((product, side) => product * side, 1);
  return runtime.upload(
    Float32Array.from({ length: count }, (_, at) => Math.sin(at)),
    dims,
    'f32',
  );
}

function sidePins(side: number, levels: number): Record<string, number> {
  const pins: Record<string, number> = { textTokens: 77 };
  for (let level = 0, length = side; level < levels; level++, length = Math.ceil(length / 2)) {
    pins[`height_${level}`] = length;
    pins[`width_${level}`] = length;
    pins[`tokens_${level}`] = length * length;
  }
  return pins;
}

/** One evaluation at `size` pixels with one prompt and one frame, from the package at `base`. */
export async function loadAndStep(base: string, size: number): Promise<LoadedStep> {
  const fetched = async (path: string): Promise<Response> => await fetch(`${base}/${path}`);
  const manifest = parseManifest(await (await fetched('manifest.json')).json());
  const runtime = await createRuntime('cpu');
  const scope = new DisposalScope();
  try {
    const side = size / manifest.latent.factor;
    const levels = Math.log2(manifest.stride / manifest.latent.factor) + 1;
    const pins = sidePins(side, levels);
    const load = async (path: string): Promise<Graph> =>
      scope.own(
        await runtime.load(new Uint8Array(await (await fetched(path)).arrayBuffer()), pins),
      );
    const started = performance.now();
    const text = must(manifest.contexts[0], 'the text context');
    const contextGraph = await load(text.file);
    const graphs: Graph[] = [];
    for (const segment of manifest.segments) {
      graphs.push(await load(segment.file));
    }
    const loaded = performance.now();
    const live = new Map<string, Tensor>([
      ['sample', scope.own(waves(runtime, [1, manifest.latent.channels, side, side]))],
      ['timeEmbedding', scope.own(waves(runtime, [1, manifest.timeEmbedding.channels]))],
    ]);
    const context = scope.own(waves(runtime, [1, 77, manifest.contextWidth]));
    const take = (tensors: Readonly<Record<string, Tensor>>): void => {
      for (const [name, tensor] of Object.entries(tensors)) {
        live.set(name, scope.own(tensor));
      }
    };
    const named = (name: string | undefined): Tensor =>
      must(name === undefined ? undefined : live.get(name), name ?? 'a tensor');
    take(await runtime.run(contextGraph, { context }));
    for (const [index, segment] of manifest.segments.entries()) {
      const inputs = Object.fromEntries(segment.inputs.map((name) => [name, named(name)]));
      take(await runtime.run(must(graphs[index], segment.file), inputs));
      const { site } = segment;
      if (site !== undefined) {
        const names = text.sites[site.path] ?? site;
        const bank = { k: named(names.k), v: named(names.v) };
        const { heads, headDim } = site;
        const paths = [{ scale: 1, banks: [bank] }];
        const result = await runtime.attention({ q: named(site.q), heads, headDim, paths });
        live.set(site.out, scope.own(result));
      }
    }
    const values = await runtime.download(named('prediction'));
    return {
      loadSeconds: (loaded - started) / 1000,
      stepSeconds: (performance.now() - loaded) / 1000,
      isFinite: values.every(Number.isFinite),
    };
  } finally {
    scope.dispose();
    runtime.dispose();
  }
}
