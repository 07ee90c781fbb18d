import type { Microseconds, TimeSpan } from '../base/units.ts';

/** The document: immutable, serialisable, all that is saved. Selection, playhead and job progress live elsewhere. */
export type Project = {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly clips: readonly Clip[];
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
   * Progressive boundary integration: inside the mask the edit's share grows over the steps (`time`, the default) or from
   * the mask's rim inwards (`space`); `none` gives it all at once.
   */
  readonly ramp?: 'time' | 'space' | 'none';
  /** T: steps (default: all that are run), or for `space` latent pixels (default 4). */
  readonly rampLength?: number;
};

export type Keyframe = { readonly time: Microseconds; readonly value: number };

/** 1 = edit here, 0 = keep. Shapes are in fractions of the displayed width and height. */
export type MaskTrack = {
  readonly shape: 'rectangle' | 'ellipse';
  /** Soft rim in fractions of the shorter side. */
  readonly feather: number;
  readonly invert: boolean;
  readonly keyframes: readonly MaskKeyframe[];
};

export type MaskKeyframe = {
  readonly time: Microseconds;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
