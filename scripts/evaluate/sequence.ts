import type { Picture } from '../../src/diffusion/metrics/picture.ts';

/** Frames of one video or folder, read in order; memory holds one of them. */
export interface FrameSequence {
  /** As in messages. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** How many frames. */
  readonly count: number;
  /** A folder of pictures, exact to the byte; else a video. */
  readonly isFolder: boolean;
  /** The clip's frame number of each: a video's own count, a folder's file names; null where the names are no numbers. */
  readonly numbers: readonly number[] | null;
  /** Microseconds from the first frame; null for folders. */
  readonly times: readonly number[] | null;
  /** Frame `at` (0 … count - 1). Throws `media/…`. */
  read(at: number): Promise<Picture>;
}
