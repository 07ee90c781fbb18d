import { clamp, emptyPlanes, grey, map, withColour, zip, type Planes, type Rgb } from './planes.ts';
import {
  add,
  blend,
  blockMeans,
  blur,
  curve,
  edges,
  kuwahara,
  luma,
  mix,
  ramp,
  saturate,
  smooth,
  smoothstep,
  sum,
  tone,
} from './tools.ts';

/* Colour looks and drawn looks of the whole picture: training/edits/looks.py. */

export function bw(image: Planes): Planes {
  return grey(curve(luma(image), 0.25));
}

export function sepia(image: Planes): Planes {
  return ramp(curve(luma(image), 0.15), [
    [0.13, 0.08, 0.04],
    [0.44, 0.31, 0.19],
    [0.78, 0.64, 0.46],
    [0.99, 0.93, 0.8],
  ]);
}

export function vintageFilm(image: Planes): Planes {
  const level = luma(image);
  return sum(
    [1, map(saturate(image, 0.62), (value) => 0.12 + 0.78 * value)],
    [1, withColour(level, [-0.02, 0.035, 0.01], (value, part) => (1 - value) * part)],
    [1, tone(level, [0.09, 0.03, -0.1])],
  );
}

export function noir(image: Planes): Planes {
  return grey(map(curve(curve(luma(image), 1), 1), (value) => value * 0.92));
}

/** Colour dodge of the luma with its blurred negative: dark lines on white paper. */
export function pencilSketch(image: Planes): Planes {
  const level = blur(luma(image), 1, 1);
  const dodge = zip(level, [blur(level, 3)], (value, soft) =>
    Math.min(1, (value + 0.12) / (soft + 0.12)),
  );
  const lines = zip(
    dodge,
    [edges(level), blur(level, 1)],
    (value, edge, soft) =>
      smoothstep(0.5, 0.98, value) * (1 - 0.35 * smoothstep(0.1, 0.5, edge)) * (0.72 + 0.26 * soft),
  );
  return tone(lines, [1.0, 0.995, 0.98]);
}

export function charcoal(image: Planes): Planes {
  const level = luma(image);
  const fine = blur(level, 1, 1);
  const dodge = zip(fine, [blur(level, 5)], (value, soft) =>
    Math.min(1, (value + 0.06) / (soft + 0.06)),
  );
  return grey(
    zip(
      dodge,
      [edges(fine), blur(level, 2)],
      (value, edge, soft) =>
        smoothstep(0.5, 1.0, value) *
        (1 - 0.7 * smoothstep(0.06, 0.4, edge)) *
        (0.25 + 0.7 * smoothstep(0.1, 0.8, soft)),
    ),
  );
}

export function watercolor(image: Planes): Planes {
  const wash = kuwahara(image, 4);
  const rim = smooth(0.08, 0.4, edges(luma(wash)));
  return zip(saturate(wash, 1.25), [rim], (value, edge) => mix(value, 1, 0.32) * (1 - 0.3 * edge));
}

/** Strokes with some relief in deep colours under a yellowed varnish. */
export function oilPainting(image: Planes): Planes {
  const strokes = saturate(kuwahara(image, 3), 1.8);
  const level = luma(strokes);
  const { width } = level;
  const relief = map(emptyPlanes(1, level), () => 0);
  for (let i = width; i < relief.data.length; i++) {
    if (i % width > 0) {
      const step = (level.data[i] ?? 0) - (level.data[i - width - 1] ?? 0);
      relief.data[i] = clamp(step, -0.3, 0.3);
    }
  }
  return sum([1, tone(curve(strokes, 0.6), [1.0, 0.95, 0.78])], [0.35, relief]);
}

/** Flat strong colours, lit or in shade, and thick ink along the edges. */
export function cartoon(image: Planes): Planes {
  const flat = saturate(kuwahara(image, 3), 2.4);
  const lit = smooth(0.3, 0.5, blur(luma(image), 4));
  const ink = smooth(0.05, 0.16, edges(blur(luma(image), 2)));
  return zip(flat, [lit, ink], (value, light, line) => {
    const colour = 1 - 0.76 * (1 - clamp(value, 0, 1));
    return colour * (0.66 + 0.34 * light) * (1 - 0.92 * line);
  });
}

/** A screen print in four inks by brightness. */
export function posterize(image: Planes): Planes {
  const inks = map(luma(blur(image, 2)), (level) => {
    const place = level * 4 - 0.5;
    const floor = Math.floor(place);
    return clamp(floor + smoothstep(0.3, 0.7, place - floor), 0, 3) / 3;
  });
  return ramp(inks, [
    [0.05, 0.15, 0.28],
    [0.8, 0.16, 0.18],
    [0.42, 0.62, 0.66],
    [0.98, 0.89, 0.68],
  ]);
}

/** Blocks of 8 px in strong colours. */
export function pixelArt(image: Planes): Planes {
  return blockMeans(curve(saturate(image, 1.5), 0.4), 8);
}

/** Stones of 8 px in their mean colour with a dark joint above and to the left. */
export function mosaic(image: Planes): Planes {
  const stones = blockMeans(saturate(image, 1.3), 8);
  const { height, width } = image;
  const data = stones.data.map((value, i) => {
    const isJoint = (Math.floor(i / width) % height) % 8 === 0 || (i % width) % 8 === 0;
    return isJoint ? value * (1 - 0.6) : value;
  });
  return { ...stones, data };
}

export function sharpen(image: Planes): Planes {
  return zip(image, [blur(image, 1)], (value, soft) => value + 1.6 * (value - soft));
}

export function thermal(image: Planes): Planes {
  return ramp(curve(luma(blur(image, 1, 1)), 0.3), [
    [0.0, 0.0, 0.12],
    [0.28, 0.0, 0.55],
    [0.72, 0.05, 0.52],
    [0.95, 0.35, 0.08],
    [1.0, 0.75, 0.05],
    [1.0, 1.0, 0.82],
  ]);
}

export function invert(image: Planes): Planes {
  return map(image, (value) => 1 - value);
}

/** Dark split tone of violet and cyan with glowing outlines, magenta or cyan by brightness. */
export function neon(image: Planes): Planes {
  const level = luma(image);
  const tones = ramp(level, [
    [0.02, 0.0, 0.06],
    [0.2, 0.02, 0.32],
    [0.55, 0.08, 0.55],
    [0.2, 0.62, 0.78],
    [0.75, 1.0, 1.0],
  ]);
  const line = smooth(0.12, 0.45, edges(blur(level, 1, 1)));
  const glow = zip(line, [blur(line, 3)], (value, soft) => Math.min(1, value + soft));
  const place = smooth(0.4, 0.6, blur(level, 4));
  const magenta = withColour(place, [1.0, 0.1, 0.75], (_, part) => part);
  const cyan = withColour(place, [0.1, 0.95, 1.0], (_, part) => part);
  const hue = blend(magenta, cyan, place);
  return zip(tones, [glow, hue], (value, light, colour) => value * 0.75 + light * colour * 0.7);
}

export function brighten(image: Planes): Planes {
  return map(image, (value) => Math.max(1e-4, value) ** 0.6 * 0.97 + 0.03);
}

export function darken(image: Planes): Planes {
  return map(image, (value) => Math.max(0, value) ** 1.3 * 0.55);
}

export function vivid(image: Planes): Planes {
  return curve(saturate(image, 1.8), 0.25);
}

export function warm(image: Planes): Planes {
  return tone(image, [1.15, 1.0, 0.74], [0.03, 0.01, 0.0]);
}

export function cool(image: Planes): Planes {
  return tone(image, [0.76, 0.97, 1.15], [0.0, 0.01, 0.04]);
}

/** Grey picture times the colour, 85 % of it over the source. */
export function tint(image: Planes, colour: Rgb): Planes {
  const level = map(luma(image), (value) => clamp(value * 1.2 + 0.06));
  const full = withColour(level, colour, (value, part) => value * clamp(part * 1.1));
  return blend(image, full, 0.85);
}

export function gold(image: Planes): Planes {
  return ramp(curve(luma(image), 0.6), [
    [0.1, 0.05, 0.01],
    [0.45, 0.27, 0.05],
    [0.85, 0.62, 0.16],
    [1.0, 0.88, 0.45],
    [1.0, 0.98, 0.86],
  ]);
}

export function silver(image: Planes): Planes {
  const banded = map(curve(luma(image), 0.5), (level) =>
    mix(level, 0.5 - 0.5 * Math.cos(level * 9), 0.4),
  );
  return tone(banded, [0.95, 0.98, 1.04]);
}

/** Luma of the picture, hue and saturation of the colour. */
export function recolor(image: Planes, colour: Rgb): Planes {
  const target = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
  const gain = clamp(target / 0.45, 0.3, 1.5);
  const level = map(luma(image), (value) => mix(value, value * gain, 0.6));
  const part = (value: number): number => mix(1, value / Math.max(target, 0.05), 0.9);
  return tone(level, [part(colour[0]), part(colour[1]), part(colour[2])]);
}

/** The same value everywhere. */
export function flat(image: Planes, colour: Rgb): Planes {
  return add(emptyPlanes(3, image), colour);
}
