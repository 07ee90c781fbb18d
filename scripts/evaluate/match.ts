import { AppError } from '../../src/base/error.ts';
import type { FrameSequence } from './sequence.ts';

/** Which frame of the source goes with which of the edited one, in order. */
export type FramePair = { readonly source: number; readonly edited: number };

type Side = Pick<FrameSequence, 'name' | 'width' | 'height' | 'count' | 'isFolder' | 'numbers'>;

/**
 * Frames of equal number belong together. A folder may hold a part of the other side, if its file names are the other's
 * frame numbers (as `npm run edit -- --frames-dir` names them). Throws `evaluate/mismatch`.
 */
export function matchFrames(source: Side, edited: Side): FramePair[] {
  if (source.width !== edited.width || source.height !== edited.height) {
    throw new AppError(
      'evaluate/mismatch',
      `${source.name} is ${source.width} x ${source.height}, ${edited.name} is ${edited.width} x ${edited.height}.`,
    );
  }
  if (source.count === edited.count) {
    return Array.from({ length: source.count }, (_, i) => ({ source: i, edited: i }));
  }
  const isSourceShorter = source.count < edited.count;
  const [part, whole] = isSourceShorter ? [source, edited] : [edited, source];
  const places = part.isFolder ? findPart(part, whole) : null;
  if (places === null) {
    throw new AppError(
      'evaluate/mismatch',
      `${source.name} has ${source.count} frames, ${edited.name} has ${edited.count}.`,
    );
  }
  return places.map((place, i) =>
    isSourceShorter ? { source: i, edited: place } : { source: place, edited: i },
  );
}

/** Where each frame of `part` stands in `whole`, or null if one of them is not there. */
function findPart(part: Side, whole: Side): number[] | null {
  const places = new Map(whole.numbers?.map((number, place) => [number, place]));
  const found = part.numbers?.map((number) => places.get(number));
  return found?.every((place) => place !== undefined) === true ? found : null;
}
