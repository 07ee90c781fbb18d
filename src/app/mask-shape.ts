import type { BoxLayer, MaskTrack } from '../project/document.ts';

/** A box in fractions of the shown picture. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Smaller than this was a click, not a drawing. */
export const SMALLEST_BOX = 0.02;

export function boxBetween(ax: number, ay: number, bx: number, by: number): Box {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const left = clamp(Math.min(ax, bx));
  const top = clamp(Math.min(ay, by));
  return {
    x: left,
    y: top,
    width: clamp(Math.max(ax, bx)) - left,
    height: clamp(Math.max(ay, by)) - top,
  };
}

/** Which part of a box is dragged: its inside, or an edge or corner by compass. */
export type Grip = 'inside' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w' | 'nw';

export const GRIPS: readonly Exclude<Grip, 'inside'>[] = [
  'n',
  'ne',
  'e',
  'se',
  's',
  'sw',
  'w',
  'nw',
];

/** The box after a grip was dragged by a fraction of the picture; it stays inside and keeps a least size. */
export function dragBox(box: Box, grip: Grip, dx: number, dy: number): Box {
  if (grip === 'inside') {
    return {
      ...box,
      x: Math.min(Math.max(0, box.x + dx), 1 - box.width),
      y: Math.min(Math.max(0, box.y + dy), 1 - box.height),
    };
  }
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  const left = grip.includes('w') ? Math.min(Math.max(0, box.x + dx), right - SMALLEST_BOX) : box.x;
  const top = grip.includes('n') ? Math.min(Math.max(0, box.y + dy), bottom - SMALLEST_BOX) : box.y;
  const newRight = grip.includes('e')
    ? Math.max(Math.min(1, right + dx), left + SMALLEST_BOX)
    : right;
  const newBottom = grip.includes('s')
    ? Math.max(Math.min(1, bottom + dy), top + SMALLEST_BOX)
    : bottom;
  return { x: left, y: top, width: newRight - left, height: newBottom - top };
}

/** Where a grip sits, in fractions of the picture. */
export function gripPoint(box: Box, grip: Exclude<Grip, 'inside'>): { x: number; y: number } {
  const x = grip.includes('w') ? 0 : grip.includes('e') ? 1 : 0.5;
  const y = grip.startsWith('n') ? 0 : grip.startsWith('s') ? 1 : 0.5;
  return { x: box.x + x * box.width, y: box.y + y * box.height };
}

const DEFAULT_FEATHER = 0.06;

/** A mask that stays where it was drawn. */
export function stillMask(shape: BoxLayer['shape'], box: Box): MaskTrack {
  const keyframe = { time: 0, easing: 'linear', ...box, rotation: 0 } as const;
  const layer = { id: crypto.randomUUID(), combine: 'add', shape, keyframes: [keyframe] } as const;
  return { feather: DEFAULT_FEATHER, grow: 0, invert: false, layers: [layer] };
}

/** The same mask at another place; one keyframe holds for the whole span. */
export function withBox(mask: MaskTrack, box: Box): MaskTrack {
  const [first, ...others] = mask.layers;
  if (first === undefined || first.shape === 'path' || first.shape === 'brush') {
    return mask;
  }
  const keyframes = first.keyframes.slice(0, 1).map((keyframe) => ({ ...keyframe, ...box }));
  return { ...mask, layers: [{ ...first, keyframes }, ...others] };
}

export function boxOf(mask: MaskTrack): Box {
  const [layer] = mask.layers;
  const first =
    layer?.shape === 'path' || layer?.shape === 'brush' ? undefined : layer?.keyframes[0];
  return first === undefined
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: first.x, y: first.y, width: first.width, height: first.height };
}

/** What a mask is called where there is room for a word. */
export function maskWord(mask: MaskTrack): string {
  const [layer] = mask.layers;
  return layer === undefined || mask.layers.length > 1
    ? `${mask.layers.length} shapes`
    : layer.shape;
}
