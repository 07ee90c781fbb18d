import type { AttentionMode } from './document.ts';

/**
 * What an edit's settings may be, from and to inclusive; the page may offer less. All but `strength` are whole
 * numbers; a strength of 0 is refused. Sizes are in pixels, as in `size S`: an area of S x S.
 */
export const SETTING_LIMITS = {
  seed: [0, Number.MAX_SAFE_INTEGER],
  steps: [1, 100],
  strength: [0, 1],
  size: [64, 1024],
  anchors: [1, 16],
} as const;

/** The same for the optional scales of guidance, and for the length of the merge's ramp (a whole number). */
export const GUIDANCE_LIMITS = { text: [0, 100], image: [0, 100], rescale: [0, 1] } as const;
export const RAMP_LENGTH = [1, 100] as const;

export const ATTENTION_MODES = [
  'swap',
  'own+anchors',
  'first',
  'previous+first',
  'independent',
] as const satisfies readonly AttentionMode[];

/**
 * What masks may be. Shapes may reach outside the picture (one that enters or leaves it), but not without end. Ranges
 * are from and to inclusive: places, extents, feather, growth and brush sizes as the document has them, rotation in
 * degrees; the rest are counts.
 */
export const MASK_LIMITS = {
  place: [-100, 100],
  extent: [0, 100],
  rotation: [-3600, 3600],
  feather: [0, 1],
  grow: [-0.5, 0.5],
  brushSize: [0.001, 2],
  softness: [0, 1],
  layers: 32,
  pathPoints: [2, 500],
  strokes: 1_000,
  strokePoints: 2_000,
} as const;
