import { assert } from '../../base/assert.ts';
import { lumaOf } from './luma.ts';
import type { Picture } from './picture.ts';

/**
 * How alike two successive frames are, -1…1: the cosine of their lumas with the means taken off (Pearson's correlation).
 * The form of 'Tem-Con' (FateZero, ICCV 2023: cosine of successive frames' embeddings) without a network, so it needs no model and
 * falls with motion too: it is read beside the source's. Two flat pictures are alike (1), a flat and another one are not (0).
 */
export function frameConsistency(frame: Picture, next: Picture): number {
  assert(frame.width === next.width && frame.height === next.height, 'frames of one size');
  const a = lumaOf(frame);
  const b = lumaOf(next);
  const meanA = a.reduce((sum, value) => sum + value, 0) / a.length;
  const meanB = b.reduce((sum, value) => sum + value, 0) / b.length;
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] ?? 0) - meanA;
    const y = (b[i] ?? 0) - meanB;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  // Rounding leaves a flat picture with a little variance.
  const flat = 1e-6 * a.length;
  if (squareA < flat || squareB < flat) {
    return squareA < flat && squareB < flat ? 1 : 0;
  }
  return product / Math.sqrt(squareA * squareB);
}
