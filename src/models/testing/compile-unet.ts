import { parseUnetConfig } from '../nets/unet-config.ts';
import { packUnet, type UnetPackage } from '../pack-unet.ts';
import { WeightCoder, type CodedTensor, type Quantisation } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import { renderFiles, type Golden } from './golden.ts';
import { OraclePackage } from './run-graph.ts';

/** A U-Net of a golden folder, compiled and ready to run on the oracle. */
export async function compileUnet(
  golden: Golden,
  options: {
    readonly quantisation?: Quantisation;
    readonly config?: string;
    readonly weights?: Weights;
  } = {},
): Promise<{
  readonly net: OraclePackage<UnetPackage['parts']>;
  readonly tensors: CodedTensor[];
  readonly weights: Weights;
}> {
  const tensors: CodedTensor[] = [];
  const coder = new WeightCoder(options.quantisation ?? 'f32', (tensor) => tensors.push(tensor));
  const weights = options.weights ?? (await golden.weights());
  const unet = packUnet(
    parseUnetConfig(golden.json(options.config ?? 'config.json')),
    weights,
    coder,
  );
  return { net: new OraclePackage(unet.parts, await renderFiles(unet.files)), tensors, weights };
}
