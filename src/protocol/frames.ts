import type { Picture } from './media.ts';

/** What the frames worker exposes: one clip, read frame by frame as shown, without the engine. */
export interface FramesService {
  /** Opens a clip in place of the last one. Throws `media/…`. */
  open(file: File): Promise<FramesInfo>;
  /** Frames asked for in order are decoded as a stream. */
  read(index: number): Promise<Picture>;
}

/** Sizes are as shown: rotation and pixel aspect applied. */
export type FramesInfo = {
  readonly width: number;
  readonly height: number;
  /** Presentation times of all shown frames in microseconds from the first one, ascending. */
  readonly times: readonly number[];
};
