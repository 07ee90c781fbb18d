import { colourDrift, meanColour, type Lab } from '../../src/diffusion/metrics/colour-drift.ts';
import { frameConsistency } from '../../src/diffusion/metrics/consistency.ts';
import { outsideDifference } from '../../src/diffusion/metrics/outside-mask.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import { sharpnessOf } from '../../src/diffusion/metrics/sharpness.ts';
import { WarpErrorMeter, type WarpError } from '../../src/diffusion/metrics/warp-error.ts';
import type { ClipMeter, ClipScores } from './clip-meter.ts';
import { createFarneback } from './farneback.ts';
import { toModelSize } from './warp-error.ts';

/** `mask`: a byte per pixel, 0 = keep; null if the edit had none. */
export type Compared = {
  readonly source: Picture;
  readonly edited: Picture;
  readonly mask: Uint8Array | null;
};

/** A figure for each frame of the source and of the edit. */
export type Curves = { readonly source: readonly number[]; readonly edited: readonly number[] };

export type Measures = {
  readonly frames: number;
  readonly warpError: WarpError;
  /** Mean over successive frames at model size, of the edit and of the source. */
  readonly frameConsistency: { readonly source: number; readonly edited: number };
  /** Over all frames; `share` is how much of the picture lies outside, 0…1. */
  readonly outsideMask: {
    readonly maxDiff: number;
    readonly identical: boolean;
    readonly share: number;
  } | null;
  /** Mean of the edit's over mean of the source's, at their own size; 1 where both are flat. */
  readonly sharpnessRatio: number;
  readonly sharpness: Curves;
  readonly colourDrift: { readonly total: number; readonly perFrame: readonly number[] };
  /** null without a CLIP model. */
  readonly clip: ClipScores | null;
};

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** All measures in one pass; memory is two frames of each side. `size` is the model size. Throws `evaluate/no-motion`. */
export async function measure(
  frames: AsyncIterable<Compared>,
  size: number,
  clip: ClipMeter | null = null,
): Promise<Measures> {
  const farneback = await createFarneback();
  try {
    const meter = new WarpErrorMeter((frame, next) => farneback.estimate(frame, next));
    const sharpness = { source: [] as number[], edited: [] as number[] };
    const colours = { source: [] as Lab[], edited: [] as Lab[] };
    const alike = { source: [] as number[], edited: [] as number[] };
    const outside = { isMasked: false, maxDiff: 0, places: 0, pixels: 0 };
    let last: { source: Picture; edited: Picture } | null = null;
    for await (const { source, edited, mask } of frames) {
      const small = { source: toModelSize(source, size), edited: toModelSize(edited, size) };
      meter.push(small.source, small.edited);
      sharpness.source.push(sharpnessOf(source));
      sharpness.edited.push(sharpnessOf(edited));
      colours.source.push(meanColour(source));
      colours.edited.push(meanColour(edited));
      if (last !== null) {
        alike.source.push(frameConsistency(last.source, small.source));
        alike.edited.push(frameConsistency(last.edited, small.edited));
      }
      if (mask !== null) {
        const { maxDiff, places } = outsideDifference(source, edited, mask);
        outside.isMasked = true;
        outside.maxDiff = Math.max(outside.maxDiff, maxDiff);
        outside.places += places;
        outside.pixels += mask.length;
      }
      await clip?.push(source, edited);
      last = small;
    }
    const warpError = meter.result();
    const before = mean(sharpness.source);
    const after = mean(sharpness.edited);
    return {
      frames: sharpness.source.length,
      warpError,
      frameConsistency: { source: mean(alike.source), edited: mean(alike.edited) },
      outsideMask: outside.isMasked
        ? {
            maxDiff: outside.maxDiff,
            identical: outside.maxDiff === 0,
            share: outside.places / outside.pixels,
          }
        : null,
      sharpnessRatio: after === before ? 1 : after / before,
      sharpness,
      colourDrift: colourDrift(colours.source, colours.edited),
      clip: (await clip?.result()) ?? null,
    };
  } finally {
    farneback.dispose();
  }
}
