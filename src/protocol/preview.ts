import type { Microseconds } from '../base/units.ts';
import type { MaskTrack, Project } from '../project/document.ts';
import type { EditResult, RuntimeChoice } from './engine.ts';
import type { ClipInfo } from './media.ts';

/** What the viewer shows. Sent whole each time: small, plain, and nothing to keep in step. */
export type View = {
  readonly project: Project;
  /** Several of one edit stand in order of preference: a frame shows the first that has a picture of it. */
  readonly results: readonly EditResult[];
  /** Fingerprint of the clip that is shown; absent: the one opened first. */
  readonly clip?: string;
  /** Frame number within the clip. */
  readonly frame: number;
  /** Absent: the clip is shown by itself. */
  readonly stretch?: Stretch;
  /** 0 to 1: source left of it, edit right of it; 1 shows the source alone, 0 the edit alone. */
  readonly split: number;
  /** Shown over the picture: what it covers in colour, or in its place in grey. */
  readonly mask?: { readonly track: MaskTrack; readonly look: 'tint' | 'matte' };
};

/** The piece of the sequence that is on screen: each has a decoder of its own, so that a cut waits for none. */
export type Stretch = {
  readonly id: string;
  /** Width divided by height of the whole sequence: a clip of another shape has black beside it. */
  readonly aspect: number;
  /** What is shown soon, where a cut is near: made ready meanwhile. */
  readonly next: { readonly id: string; readonly clip: string; readonly frame: number } | null;
};

/** What is on screen after a draw: `missing` when an edit covers the frame but has no picture yet. */
export type Shown = { readonly frame: number; readonly state: 'source' | 'edited' | 'missing' };

/** What an open clip is known by. */
export type PreviewedClip = {
  readonly info: ClipInfo;
  /** Presentation times of all frames in microseconds. */
  readonly times: Float64Array<ArrayBuffer>;
  /** Where the sound starts, in microseconds from the first shown frame, negative before it; null without sound. */
  readonly soundStart: Microseconds | null;
};

/** What the preview worker exposes. It never waits for a job. */
export interface PreviewService {
  attach(canvas: OffscreenCanvas): void;
  /** Size at which the picture is displayed, in device pixels: the canvas is drawn at it, as far as the clip has pixels. */
  resize(width: number, height: number): void;
  /** Opens a clip in place of all that are open. `runtime` says what composites its edits from now on (`auto`: the GPU if there is a real one). */
  open(source: File, runtime?: RuntimeChoice): Promise<PreviewedClip>;
  /** Opens one more clip. */
  add(source: File): Promise<PreviewedClip>;
  /** Draws the newest view asked for; older ones that were not drawn yet are dropped (resolve to null). */
  show(view: View): Promise<Shown | null>;
  /** Thumbnails for the filmstrip, `height` pixels high, in the order of `frames`. */
  thumbnails(
    view: View,
    frames: readonly number[],
    height: number,
    onThumbnail: (frame: number, image: ImageBitmap) => void,
  ): Promise<void>;
  close(): void;
}
