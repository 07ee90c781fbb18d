import type { Picture } from './picture.ts';

/** CIELAB for D65: L 0…100, a, b. A distance of 1 is about the least that is seen (CIE 1976 colour difference). */
export type Lab = readonly [number, number, number];

/** sRGB's curve (IEC 61966-2-1) for every byte, 0…1. */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** The colour of a picture as a whole: its mean in linear light. */
export function meanColour({ data }: Picture): Lab {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    sums[0] += LINEAR[data[i] ?? 0] ?? 0;
    sums[1] += LINEAR[data[i + 1] ?? 0] ?? 0;
    sums[2] += LINEAR[data[i + 2] ?? 0] ?? 0;
  }
  const pixels = data.length / 4;
  return toLab(sums[0] / pixels, sums[1] / pixels, sums[2] / pixels);
}

function toLab(red: number, green: number, blue: number): Lab {
  // Rows of sRGB's matrix over the white point, so that white is 1, 1, 1.
  const x = curve((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = curve(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = curve((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function curve(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116;
}

export type ColourDrift = {
  /** How far a straight line through the shifts moves from the first frame to the last, as a colour difference. */
  readonly total: number;
  /** Colour difference between each frame's shift and the first frame's. */
  readonly perFrame: readonly number[];
};

/**
 * Colour drift over time. What an edit does to the colour of a frame is a shift: the edited mean colour less the
 * source's. A steady edit has one shift; a drifting one changes it slowly. The line is fitted by least squares, so
 * flicker alone adds little.
 */
export function colourDrift(source: readonly Lab[], edited: readonly Lab[]): ColourDrift {
  const shifts = edited.map((lab, i) => subtract(lab, source[i] ?? lab));
  const [first] = shifts;
  if (first === undefined) {
    return { total: 0, perFrame: [] };
  }
  const slopes = ([0, 1, 2] as const).map((channel) => slopeOf(shifts.map((lab) => lab[channel])));
  return {
    total: Math.hypot(...slopes) * (shifts.length - 1),
    perFrame: shifts.map((shift) => Math.hypot(...subtract(shift, first))),
  };
}

function subtract(a: Lab, b: Lab): Lab {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Of the line through values at 0, 1, 2 … */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const spread = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return spread === 0
    ? 0
    : values.reduce((sum, value, i) => sum + value * (i - middle), 0) / spread;
}
