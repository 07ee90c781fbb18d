import type { Manifest } from './manifest.ts';
import { planContext } from './nets/context.ts';
import { planImageContext } from './nets/ip-adapter.ts';
import { planUnet } from './nets/unet.ts';
import type { UnetConfig } from './nets/unet-config.ts';
import type { GraphPlan } from './onnx/graph-series.ts';
import type { WeightCoder } from './quantise/weight-coder.ts';
import type { Weights } from './reading/weights.ts';

export type PackageFile = {
  readonly path: string;
  readonly write: () => AsyncIterable<Uint8Array>;
};

/** A U-Net's files and what the manifest says of them. */
export type UnetPackage = {
  readonly files: readonly PackageFile[];
  readonly parts: Pick<Manifest, 'contexts' | 'segments'>;
};

export function inOut(
  file: string,
  graph: GraphPlan,
): { file: string; inputs: string[]; outputs: string[] } {
  return {
    file,
    inputs: graph.inputs.map((value) => value.name),
    outputs: graph.outputs.map((value) => value.name),
  };
}

export function graphFile(path: string, graph: GraphPlan): PackageFile {
  return { path, write: () => graph.write(path) };
}

/**
 * Segments and the prompt's keys and values, named as they stand in a package; with an IP-Adapter's weights also the
 * image tokens' keys and values.
 */
export function packUnet(
  config: UnetConfig,
  weights: Weights,
  coder: WeightCoder,
  adapter?: Weights,
): UnetPackage {
  const unet = planUnet(config, weights, coder);
  const image = adapter && planImageContext(unet.sites, adapter, coder);
  const imageFile = 'image-context.onnx';
  const context = planContext(unet.sites, config.contextWidth, weights, coder);
  const file = (index: number): string => `unet-${String(index).padStart(2, '0')}.onnx`;
  const contextFile = 'unet-context.onnx';
  return {
    files: [
      graphFile(contextFile, context.graph),
      ...(image === undefined ? [] : [graphFile(imageFile, image.graph)]),
      ...unet.segments.map((segment, index) => graphFile(file(index), segment)),
    ],
    parts: {
      contexts: [
        { role: 'text', ...inOut(contextFile, context.graph), sites: context.sites },
        ...(image === undefined
          ? []
          : [{ role: 'image' as const, ...inOut(imageFile, image.graph), sites: image.sites }]),
      ],
      segments: unet.segments.map((segment, index) => {
        const site = unet.sites[index];
        return { ...inOut(file(index), segment), ...(site === undefined ? {} : { site }) };
      }),
    },
  };
}
