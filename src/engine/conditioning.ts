import { must, unreachable } from '../base/assert.ts';
import { DisposalScope } from '../base/disposal.ts';
import type { Manifest } from '../models/manifest.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

/** What one graph run is about, at latent size: [frames, channels, h, w], masks [frames, 1, h, w]. */
export type FrameLatents = {
  /** Scaled, as the sampler sees them. */
  readonly source: Tensor;
  /** 1 = edit here, soft; null where all of the picture is edited. */
  readonly mask: Tensor | null;
  /** What models of conditioning `inpaint` read; for all others there is none. */
  readonly hole?: Hole | null;
};

export type Hole = {
  /** 1 = paint here; nothing in between. */
  readonly mask: Tensor;
  /** Scaled latents of the pictures with mid-grey where the mask is 1. */
  readonly latents: Tensor;
};

/** Every tensor once. */
export function tensorsOf({ source, mask, hole }: FrameLatents): Tensor[] {
  return [source, mask, hole?.mask ?? null, hole?.latents ?? null].filter(
    (tensor) => tensor !== null,
  );
}

/** The same latents with a lifetime of their own. */
export function shareLatents(
  runtime: TensorRuntime,
  { source, mask, hole }: FrameLatents,
): FrameLatents {
  const share = (tensor: Tensor) => runtime.reshape(tensor, tensor.shape);
  return {
    source: share(source),
    mask: mask === null ? null : share(mask),
    hole: hole ? { mask: share(hole.mask), latents: share(hole.latents) } : null,
  };
}

/** Frames `from` up to but not including `to`; the caller owns them. */
export async function sliceLatents(
  runtime: TensorRuntime,
  { source, mask, hole }: FrameLatents,
  from: number,
  to: number,
): Promise<FrameLatents> {
  const scope = new DisposalScope();
  const slice = async (tensor: Tensor) => scope.own(await runtime.slice(tensor, 0, from, to));
  try {
    const sliced = {
      source: await slice(source),
      mask: mask === null ? null : await slice(mask),
      hole: hole ? { mask: await slice(hole.mask), latents: await slice(hole.latents) } : null,
    };
    tensorsOf(sliced).forEach((tensor) => scope.release(tensor));
    return sliced;
  } finally {
    scope.dispose();
  }
}

/** Frames behind each other; of no parts, latents [channels, h, w] of no frames. The parts stay the caller's. */
export async function joinLatents(
  runtime: TensorRuntime,
  parts: readonly FrameLatents[],
  shape: readonly number[],
): Promise<FrameLatents> {
  const [first] = parts;
  if (first === undefined) {
    const source = runtime.upload(new Float32Array(), [0, ...shape], 'f32');
    return { source, mask: null };
  }
  if (parts.length === 1) {
    return shareLatents(runtime, first);
  }
  const scope = new DisposalScope();
  const join = async (pick: (part: FrameLatents) => Tensor | null | undefined) =>
    scope.own(
      await runtime.concat(
        parts.map((part) => must(pick(part), 'latents')),
        0,
      ),
    );
  try {
    const source = await join((part) => part.source);
    const mask = first.mask === null ? null : await join((part) => part.mask);
    const hole = first.hole
      ? {
          mask: await join((part) => part.hole?.mask),
          latents: await join((part) => part.hole?.latents),
        }
      : null;
    const joined = { source, mask, hole };
    tensorsOf(joined).forEach((tensor) => scope.release(tensor));
    return joined;
  } finally {
    scope.dispose();
  }
}

/**
 * The channels that stand behind the noisy latents in the U-Net's input, [branches * frames, channels, h, w], branch
 * first; the same at every step. Null where the U-Net reads the noisy latents alone. The caller owns the result.
 */
export async function conditionChannels(
  runtime: TensorRuntime,
  manifest: Manifest,
  latents: FrameLatents,
): Promise<Tensor | null> {
  const scope = new DisposalScope();
  const { source } = latents;
  const everywhere = () => scope.own(uploadFilled(runtime, oneChannel(source.shape), 1));
  const forAll = async (parts: readonly Tensor[]) => {
    const joined = scope.own(await runtime.concat(parts, 1));
    return await runtime.repeat(joined, manifest.branches.length);
  };
  try {
    switch (manifest.conditioning) {
      case 'none':
        return null;
      case 'edit':
        return await forAll([source, latents.mask ?? everywhere()]);
      case 'inpaint': {
        const hole = must(latents.hole, 'what an inpainting model reads');
        return await forAll([hole.mask, hole.latents]);
      }
      case 'ip2p': {
        const image = scope.own(await unscaled(runtime, manifest, source));
        const none = scope.own(uploadFilled(runtime, source.shape, 0));
        return await runtime.concat(
          manifest.branches.map((branch) => (branch.image ? image : none)),
          0,
        );
      }
      default:
        return unreachable(manifest.conditioning);
    }
  } finally {
    scope.dispose();
  }
}

/** The U-Net's input for all branches, branch first, from the (scaled) noisy latents. The caller owns the result. */
export async function assembleInput(
  runtime: TensorRuntime,
  branches: number,
  noisy: Tensor,
  condition: Tensor | null,
): Promise<Tensor> {
  const repeated = await runtime.repeat(noisy, branches);
  if (condition === null) {
    return repeated;
  }
  try {
    return await runtime.concat([repeated, condition], 1);
  } finally {
    repeated.dispose();
  }
}

/** Latents as the encoder gave them: InstructPix2Pix reads its picture without the latents' scale (Brooks et al. 2023). */
async function unscaled(
  runtime: TensorRuntime,
  { latent }: Manifest,
  source: Tensor,
): Promise<Tensor> {
  const terms = [{ tensor: source, scale: 1 / latent.scale }];
  if (latent.shift === 0) {
    return await runtime.combine(terms);
  }
  const ones = uploadFilled(runtime, source.shape, 1);
  try {
    return await runtime.combine([...terms, { tensor: ones, scale: latent.shift }]);
  } finally {
    ones.dispose();
  }
}

function oneChannel([frames = 1, , height = 1, width = 1]: readonly number[]): number[] {
  return [frames, 1, height, width];
}

function uploadFilled(runtime: TensorRuntime, shape: readonly number[], value: number): Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  return runtime.upload(new Float32Array(count).fill(value), shape, 'f32');
}
