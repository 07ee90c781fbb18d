import { findCuts, signatureOf, type FrameSignature } from '../diffusion/cuts.ts';
import { resizePicture } from '../gpu/kernels/resize/resize.cpu.ts';
import type { ClipReader } from '../media/clip-reader.ts';

/** Pictures that small tell scenes apart, and are quick to compare. */
const SMALL = { width: 32, height: 32 };

/**
 * Frames (numbers within the clip, ascending) of a half-open range that begin a new scene. Decodes the whole range once;
 * `onFrame` hears how many frames are done.
 */
export async function findSceneCuts(
  clip: ClipReader,
  range: { readonly from: number; readonly to: number },
  signal: AbortSignal,
  onFrame: (done: number) => void,
): Promise<number[]> {
  const signatures: FrameSignature[] = [];
  for (let frame = range.from; frame < range.to; frame++) {
    const { picture } = await clip.frame(frame, signal);
    signatures.push(signatureOf(resizePicture(picture, SMALL)));
    onFrame(signatures.length);
  }
  return findCuts(signatures).map((frame) => range.from + frame);
}
