import { checkAborted } from '../base/abort.ts';
import { AppError } from '../base/error.ts';
import type { Microseconds } from '../base/units.ts';
import type { Frame, Picture } from '../protocol/media.ts';

export type FrameTiming = { readonly times: Float64Array; readonly lastDuration: Microseconds };

/** Numbered pictures, ascending, perhaps with gaps where a file is damaged. */
export type NumberedPicture = { readonly index: number; readonly picture: Picture };

/**
 * Every frame of `from`..`to` - 1, whatever is missing: the picture before it stands still, as in a player (at the
 * very start the first one that could be decoded does). Throws `media/decode-failed` if there is none.
 */
export async function* fillGaps(
  pictures: AsyncIterable<NumberedPicture>,
  from: number,
  to: number,
  timing: FrameTiming,
  signal?: AbortSignal,
): AsyncGenerator<Frame> {
  let next = from;
  let pending: Picture | null = null;
  for await (const { index, picture } of pictures) {
    checkAborted(signal);
    if (pending === null) {
      // What comes before the first decoded frame shows that one.
      pending = index > from ? { ...picture, data: picture.data.slice() } : picture;
    }
    yield* hold(pending, next, Math.min(index, to), timing);
    next = Math.max(next, Math.min(index, to));
    pending = picture;
    if (index >= to - 1) {
      break;
    }
  }
  checkAborted(signal);
  if (next >= to) {
    return;
  }
  if (pending === null) {
    throw new AppError('media/decode-failed', `Frame ${next} and its neighbours are damaged.`);
  }
  yield* hold(pending, next, to, timing);
}

/** Consumers own what they get and may transfer it, so each frame has pixels of its own; the last one gets the original. */
function* hold(
  picture: Picture,
  from: number,
  to: number,
  timing: FrameTiming,
): Generator<Frame, void, undefined> {
  for (let index = from; index < to; index++) {
    const own = index === to - 1 ? picture : { ...picture, data: picture.data.slice() };
    yield makeFrame(index, own, timing);
  }
}

function makeFrame(index: number, picture: Picture, timing: FrameTiming): Frame {
  const time = timing.times[index] ?? 0;
  const next = timing.times[index + 1];
  return { index, time, duration: next === undefined ? timing.lastDuration : next - time, picture };
}
