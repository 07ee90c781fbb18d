import type { MaskTrack } from '../project/document.ts';
import type { BoxShape } from '../project/evaluate.ts';

/** A box in fractions of the shown picture, turned around its middle by degrees. */
export type Box = Pick<BoxShape, 'x' | 'y' | 'width' | 'height' | 'rotation'>;
type Place = { readonly x: number; readonly y: number };

/** Smaller than this was a click, not a drawing. */
export const SMALLEST_BOX = 0.02;

/** The upright box between two corners, within the picture. */
export function boxBetween(a: Place, b: Place): Box {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const x = clamp(Math.min(a.x, b.x));
  const y = clamp(Math.min(a.y, b.y));
  return {
    x,
    y,
    width: clamp(Math.max(a.x, b.x)) - x,
    height: clamp(Math.max(a.y, b.y)) - y,
    rotation: 0,
  };
}

/** Which part of a box is dragged: its inside, an edge or corner by compass, or what turns it. */
export type Grip = 'inside' | 'turn' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w' | 'nw';

export const GRIPS: readonly Exclude<Grip, 'inside' | 'turn'>[] = [
  'n',
  'ne',
  'e',
  'se',
  's',
  'sw',
  'w',
  'nw',
];

/** Of the picture's height, from the upper edge of the box. */
const TURN_DISTANCE = 0.07;

/**
 * The box after a grip was dragged by a fraction of the picture. What lies opposite of the grip stays where it is, the
 * middle stays in the picture, and the box keeps a least size. `aspect` is the picture's width over its height: boxes
 * turn as they are seen.
 */
export function dragBox(box: Box, grip: Grip, dx: number, dy: number, aspect: number): Box {
  if (grip === 'inside') {
    return moveMiddle(box, dx, dy);
  }
  if (grip === 'turn') {
    const middle = middleOf(box);
    const from = gripPoint(box, 'turn', aspect);
    const angle = Math.atan2(from.y + dy - middle.y, (from.x + dx - middle.x) * aspect);
    const degrees = Math.round(((angle * 180) / Math.PI + 90) * 10) / 10;
    return { ...box, rotation: degrees > 180 ? degrees - 360 : degrees };
  }
  const local = turn(dx, dy, -box.rotation, aspect);
  const across = grip.includes('w') ? -1 : grip.includes('e') ? 1 : 0;
  const down = grip.startsWith('n') ? -1 : grip.startsWith('s') ? 1 : 0;
  const width = across === 0 ? box.width : Math.max(SMALLEST_BOX, box.width + across * local.x);
  const height = down === 0 ? box.height : Math.max(SMALLEST_BOX, box.height + down * local.y);
  const shift = turn(
    (across * (width - box.width)) / 2,
    (down * (height - box.height)) / 2,
    box.rotation,
    aspect,
  );
  const middle = middleOf(box);
  const sized = { ...box, width, height, x: middle.x - width / 2, y: middle.y - height / 2 };
  return moveMiddle(sized, shift.x, shift.y);
}

/** Where a grip sits, in fractions of the picture. */
export function gripPoint(box: Box, grip: Exclude<Grip, 'inside'>, aspect: number): Place {
  const isTurn = grip === 'turn';
  const across = isTurn ? 0 : grip.includes('w') ? -0.5 : grip.includes('e') ? 0.5 : 0;
  const down = isTurn ? -0.5 : grip.startsWith('n') ? -0.5 : grip.startsWith('s') ? 0.5 : 0;
  const away = isTurn ? TURN_DISTANCE : 0;
  const shift = turn(across * box.width, down * box.height - away, box.rotation, aspect);
  const middle = middleOf(box);
  return { x: middle.x + shift.x, y: middle.y + shift.y };
}

/** What a mask is called where there is room for a word or two. */
export function maskWord(mask: MaskTrack): string {
  const [layer] = mask.layers;
  return layer === undefined || mask.layers.length > 1
    ? `${mask.layers.length} shapes`
    : layer.shape;
}

function middleOf({ x, y, width, height }: Box): Place {
  return { x: x + width / 2, y: y + height / 2 };
}

function moveMiddle(box: Box, dx: number, dy: number): Box {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const middle = middleOf(box);
  return {
    ...box,
    x: clamp(middle.x + dx) - box.width / 2,
    y: clamp(middle.y + dy) - box.height / 2,
  };
}

/** A distance in fractions of the picture, turned by degrees clockwise as it is seen. */
function turn(dx: number, dy: number, degrees: number, aspect: number): Place {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const across = dx * aspect;
  return { x: (across * cos - dy * sin) / aspect, y: across * sin + dy * cos };
}
