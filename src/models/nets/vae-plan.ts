import * as v from 'valibot';
import { AppError } from '../../base/error.ts';
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

/** A VAE's config.json by the schema of its class; what it does not allow is named. */
export function readVaeConfig<T>(
  schema: v.GenericSchema<unknown, T>,
  json: Readonly<Record<string, unknown>>,
): T {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const where = v.getDotPath(issue) ?? 'top';
    const isKnownKey = issue.kind === 'schema' && issue.type === 'literal';
    throw new AppError(
      isKnownKey ? 'model/unsupported' : 'model/bad-checkpoint',
      `VAE config, ${where}: ${issue.message}`,
    );
  }
  return parsed.output;
}
