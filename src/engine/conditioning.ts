import { must, unreachable } from '../base/assert.ts';
import { DisposalScope } from '../base/disposal.ts';
import { AppError } from '../base/error.ts';
import type { Manifest } from '../models/manifest.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

/** What one graph run is about, at latent size: [frames, channels, h, w] and [frames, 1, h, w]. */
export type FrameLatents = {
  readonly source: Tensor;
  /** 1 = edit here, soft; null where all of the picture is edited. */
  readonly mask: Tensor | null;
};

/** The U-Net's input for all branches, branch first, from the (scaled) noisy latents. The caller owns the result. */
export async function assembleInput(
  runtime: TensorRuntime,
  manifest: Manifest,
  noisy: Tensor,
  latents: FrameLatents,
): Promise<Tensor> {
  const branches = manifest.branches.length;
  switch (manifest.conditioning) {
    case 'none':
      return await runtime.repeat(noisy, branches);
    case 'edit':
      return await withSourceAndMask(runtime, branches, noisy, latents);
    case 'ip2p':
    case 'inpaint':
      throw new AppError(
        'model/unsupported',
        `Its conditioning is ${manifest.conditioning}, which can’t be run yet.`,
      );
    default:
      return unreachable(manifest.conditioning);
  }
}

/** noisy latents, source latents, mask: 2 Z + 1 channels. */
async function withSourceAndMask(
  runtime: TensorRuntime,
  branches: number,
  noisy: Tensor,
  { source, mask }: FrameLatents,
): Promise<Tensor> {
  const scope = new DisposalScope();
  try {
    const everywhere = mask ?? scope.own(uploadOnes(runtime, noisy.shape));
    const joined = await runtime.concat([noisy, source, everywhere], 1);
    if (branches === 1) {
      return joined;
    }
    scope.own(joined);
    return await runtime.repeat(joined, branches);
  } finally {
    scope.dispose();
  }
}

function uploadOnes(runtime: TensorRuntime, latents: readonly number[]): Tensor {
  const [frames, , height, width] = latents.map((side) => must(side, 'a side'));
  const shape = [frames ?? 1, 1, height ?? 1, width ?? 1];
  return runtime.upload(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape, 'f32');
}
