import type { Disposable } from '../base/disposal.ts';
import type { ClipInfo, Frame } from '../protocol/media.ts';
import type { ClipSound } from './clip-sound.ts';

/** An open clip: its facts, the times of its frames, and the frames as shown. The caller disposes it. */
export interface ClipReader extends Disposable {
  readonly info: ClipInfo;
  /** Presentation times of all shown frames in microseconds from the first shown frame, ascending. */
  readonly times: Float64Array<ArrayBuffer>;
  /** Frames `from` to `to` - 1 in order, decoded as a stream: only a few are alive at once. */
  frames(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Frame>;
  /** One frame; asking for the next ones in order continues the same decoder, anything else seeks. */
  frame(index: number, signal?: AbortSignal): Promise<Frame>;
  /** The sound track, for the clip writer; null where there is none or none that can be kept. */
  readonly sound: ClipSound | null;
}
