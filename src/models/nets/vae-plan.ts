import type { GraphPlan } from '../onnx/graph-series.ts';

/** An autoencoder as two graphs: `image` to `latents`, and back. */
export type VaePlan = {
  readonly latentChannels: number;
  /** Pixels per latent along a side. */
  readonly factor: number;
  /** The U-Net works on (latents - shift) * scale. */
  readonly scale: number;
  readonly shift: number;
  readonly imageRange: readonly [number, number];
  readonly encoder: GraphPlan;
  readonly decoder: GraphPlan;
};
