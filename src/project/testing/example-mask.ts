import type { MaskTrack } from '../document.ts';

/** One ellipse that keeps its place and size; the side is that of its box, as a share of the picture. */
export function exampleMask(side = 1): MaskTrack {
  const keyframe = { time: 0, easing: 'linear', x: 0, y: 0, width: side, height: side } as const;
  return {
    feather: 0.1,
    grow: 0,
    invert: false,
    layers: [
      { id: 'a', combine: 'add', shape: 'ellipse', keyframes: [{ ...keyframe, rotation: 0 }] },
    ],
  };
}
