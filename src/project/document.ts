import type { Microseconds, TimeSpan } from '../base/units.ts';
import type { Piece } from './sequence.ts';

/** The document: immutable, serialisable, all that is saved. Selection, playhead and job progress live elsewhere. */
export type Project = {
  readonly version: 2;
  readonly id: string;
  readonly name: string;
  readonly clips: readonly Clip[];
  /** The cut: in playing order, without gaps. A clip may have several pieces, or none. */
  readonly pieces: readonly Piece[];
  /** In stacking order: an edit's source is the picture below it. */
  readonly edits: readonly Edit[];
};

/** One source video. The file itself is held by the app; `fingerprint` finds it again. */
export type Clip = {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 (hex) of the file's size, first and last 64 KiB: cheap for files of any length. */
  readonly fingerprint: string;
};

export type PromptKind = 'delta' | 'caption';

/** Which keys and values a frame's self-attention reads (VIA swap is the default; see the attention contract). */
export type AttentionMode = 'swap' | 'own+anchors' | 'first' | 'previous+first' | 'independent';

/** An edit: a re-runnable property of the project, never a baked file. */
export type Edit = {
  readonly id: string;
  readonly clipId: string;
  readonly enabled: boolean;
  /** Clip time, from the first shown frame. */
  readonly span: TimeSpan;
  readonly prompt: string;
  readonly promptKind: PromptKind;
  readonly negative: string;
  readonly settings: EditSettings;
  /** Blend of the result over the source after decoding, 0 to 1; at least one keyframe. */
  readonly amount: readonly Keyframe[];
  readonly mask: MaskTrack | null;
};

export type EditSettings = {
  /** Model package id. */
  readonly model: string;
  readonly seed: number;
  readonly steps: number;
  /** Start step of the sampler as a fraction: 1 runs all steps, 0.5 the last half of them. */
  readonly strength: number;
  /** The model works on an area of about size x size pixels, source aspect kept. */
  readonly size: number;
  /** Number of anchor frames, 1 to 16. */
  readonly anchors: number;
  /** Where they were placed by hand, in clip time, rising: these count in place of the number. Absent: evenly spread. */
  readonly anchorTimes?: readonly Microseconds[];
  readonly mode: AttentionMode;
  /** How many of the first steps read the anchors, with `swap`, `own+anchors` and `first`. Default all. */
  readonly swapSteps?: number;
  /** Look for cuts in the clip and give every scene anchors of its own. Default false: anchors are spread over the span. */
  readonly scenes?: boolean;
  /** What is absent is the package's own. */
  readonly guidance?: GuidanceSettings;
  /** Only edits with a mask merge. */
  readonly merge?: MergeSettings;
};

export type GuidanceSettings = {
  /** How far the prediction follows the prompt; of packages that evaluate it with and without. */
  readonly text?: number;
  /** How far it follows the source picture; of InstructPix2Pix. */
  readonly image?: number;
  /** 0 to 1: how far the deviation is pulled back to that of the prompt's prediction. Default 0. */
  readonly rescale?: number;
};

/** How the latents outside the mask are kept to the source's: VIA's local latent adaptation (arXiv 2406.12831). */
export type MergeSettings = {
  /** The source at a step's level: noised with the shared draw (the default), or by DDIM inversion. */
  readonly source?: 'renoise' | 'invert';
  /**
   * Progressive boundary integration: inside the mask the edit's share grows over the steps (`time`, the default of packages that don't read the mask) or from
   * the mask's rim inwards (`space`); `none` (the default of the others) gives it all at once.
   */
  readonly ramp?: 'time' | 'space' | 'none';
  /** T: steps (default: all that are run), or for `space` latent pixels (default 4). */
  readonly rampLength?: number;
};

export type Keyframe = {
  readonly time: Microseconds;
  readonly value: number;
  /** Towards the next one; absent is `linear`. */
  readonly easing?: Easing;
};

/**
 * Where an edit applies: 1 = edit here, 0 = keep. Places are in fractions of the displayed width and height, from the
 * top left; `feather`, `grow` and brush sizes in fractions of the shorter side.
 */
export type MaskTrack = {
  /** Width of the soft rim, half of it on each side of the outline. */
  readonly feather: number;
  /** Moves the outline outwards, or inwards where negative; before `invert`. */
  readonly grow: number;
  readonly invert: boolean;
  /** At least one. Combined in order; where the first one does not add, it starts from the whole picture. */
  readonly layers: readonly MaskLayer[];
};

export type MaskCombine = 'add' | 'subtract' | 'intersect';

type LayerOf<Shape, Frame> = {
  readonly id: string;
  readonly combine: MaskCombine;
  readonly shape: Shape;
  /** At least one, times strictly rising; held before the first and after the last. */
  readonly keyframes: readonly Frame[];
};

export type BoxLayer = LayerOf<'rectangle' | 'ellipse', BoxKeyframe>;
export type PathLayer = LayerOf<'path', PathKeyframe>;
export type BrushLayer = LayerOf<'brush', BrushKeyframe>;
export type MaskLayer = BoxLayer | PathLayer | BrushLayer;
export type MaskShapeKind = MaskLayer['shape'];

/** How a keyframe turns into the next: at an even pace, not until then, or with a slow start and end. */
export type Easing = 'linear' | 'hold' | 'ease';

export type BoxKeyframe = {
  readonly time: Microseconds;
  readonly easing: Easing;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise around the middle, as seen in the displayed picture. */
  readonly rotation: number;
};

export type PathKeyframe = {
  readonly time: Microseconds;
  readonly easing: Easing;
  /** A closed curve of cubic Béziers, as many points in every keyframe of the layer; inside by the nonzero rule. */
  readonly points: readonly PathPoint[];
};

/** A corner or smooth point; `in` and `out` are its handles, relative to it. Both zero: straight lines. */
export type PathPoint = {
  readonly x: number;
  readonly y: number;
  readonly in: MaskPoint;
  readonly out: MaskPoint;
};

export type MaskPoint = { readonly x: number; readonly y: number };

/** All strokes at this time; brush keyframes are held until the next, whatever their easing. */
export type BrushKeyframe = {
  readonly time: Microseconds;
  readonly easing: Easing;
  readonly strokes: readonly BrushStroke[];
};

/** Painted in order: an erasing stroke takes away what lies under it in its layer. */
export type BrushStroke = {
  readonly points: readonly MaskPoint[];
  /** Diameter. */
  readonly size: number;
  /** Share of the radius that is a soft rim: 0 is hard, 1 is soft up to the middle. */
  readonly softness: number;
  readonly erase: boolean;
};

export type MaskKeyframe = BoxKeyframe | PathKeyframe | BrushKeyframe;
