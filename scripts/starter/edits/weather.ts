import { channelOf, map, withColour, zip, type Planes } from './planes.ts';
import {
  blend,
  blur,
  curve,
  luma,
  mix,
  ramp,
  saturate,
  slantBlur,
  smooth,
  smoothstep,
  sum,
  tone,
} from './tools.ts';

/* Weather, time of day, seasons and places: training/edits/weather.py. */

export function night(image: Planes): Planes {
  const level = luma(image);
  const dimmed = zip(image, [level], (value, grey) => Math.max(0, mix(grey, value, 0.5)) ** 1.25);
  const lamps = zip(
    level,
    [blur(level, 6)],
    (value, soft) => smoothstep(0.12, 0.35, value - soft) * smoothstep(0.7, 0.95, value),
  );
  return sum([1, tone(dimmed, [0.3, 0.4, 0.62])], [1, tone(lamps, [0.45, 0.36, 0.18])]);
}

export function sunset(image: Planes): Planes {
  const sky = ramp(luma(image), [
    [0.07, 0.03, 0.1],
    [0.36, 0.12, 0.22],
    [0.8, 0.32, 0.18],
    [0.97, 0.58, 0.22],
    [1.0, 0.85, 0.52],
  ]);
  return blend(tone(image, [1.05, 0.72, 0.55]), sky, 0.6);
}

export function goldenHour(image: Planes): Planes {
  const glow = tone(blur(smooth(0.6, 1.0, luma(image)), 6), [1.0, 0.75, 0.35]);
  const lifted = map(image, (value) => 0.05 + 0.95 * value);
  return sum([1, tone(lifted, [1.12, 0.97, 0.66])], [0.18, glow]);
}

export function blueHour(image: Planes): Planes {
  const dusk = ramp(luma(image), [
    [0.03, 0.04, 0.12],
    [0.16, 0.22, 0.46],
    [0.4, 0.44, 0.72],
    [0.8, 0.66, 0.8],
  ]);
  return blend(tone(image, [0.5, 0.56, 0.8]), dusk, 0.65);
}

/** Snow that lies: light and upward-facing areas white, the rest cool, pale and hazy. */
export function snow(image: Planes): Planes {
  const level = luma(image);
  const soft = blur(level, 2);
  const facingUp = zip(soft, [lowerRows(soft, 6)], (value, below) =>
    smoothstep(0.02, 0.14, value - below),
  );
  const cover = zip(blur(level, 1), [facingUp], (value, up) =>
    Math.min(0.92, 0.85 * smoothstep(0.32, 0.72, value) + 0.6 * up),
  );
  const pale = tone(
    map(saturate(image, 0.35), (value) => mix(value, 0.75, 0.22)),
    [0.93, 0.98, 1.05],
  );
  const white = tone(
    map(level, (value) => 0.9 + 0.1 * value),
    [0.95, 0.97, 1.0],
  );
  return blend(pale, white, cover);
}

/** The picture moved up by `rows`, its last row repeated. */
function lowerRows(level: Planes, rows: number): Planes {
  const { height, width, data } = level;
  return {
    ...level,
    data: data.map((_, i) => {
      const y = Math.min(height - 1, Math.floor(i / width) + rows);
      return data[y * width + (i % width)] ?? 0;
    }),
  };
}

/** Dark, cold and wet: things run downwards in long slanted smears. */
export function rain(image: Planes): Planes {
  const smear = slantBlur(image, 10);
  const level = luma(smear);
  const sheets = sum([0.55, smear], [0.45, image], [0.9, level], [-0.9, blur(level, 5)]);
  return tone(
    map(saturate(sheets, 0.5), (value) => mix(value, 0.45, 0.18)),
    [0.6, 0.68, 0.78],
  );
}

/** Haze over everything, thinner over dark and detailed parts, which tend to be near. */
export function fog(image: Planes): Planes {
  const level = luma(image);
  const detail = zip(level, [blur(level, 2)], (value, soft) => Math.abs(value - soft));
  const amount = zip(
    blur(detail, 8),
    [blur(level, 6)],
    (busy, light) => 0.55 + 0.2 * smoothstep(0.2, 0.8, light) - smoothstep(0.02, 0.14, busy) * 0.18,
  );
  const pale = saturate(image, 0.7);
  return blend(
    pale,
    withColour(pale, [0.8, 0.82, 0.84], (_, part) => part),
    amount,
  );
}

export function overcast(image: Planes): Planes {
  return tone(
    map(saturate(image, 0.5), (value) => mix(value, 0.5, 0.25)),
    [0.86, 0.9, 0.95],
  );
}

export function storm(image: Planes): Planes {
  const level = luma(image);
  const rough = sum([1, saturate(image, 0.4)], [0.5, level], [-0.5, blur(level, 4)]);
  const dark = map(smooth(0.45, 0.9, blur(level, 5)), (value) => 1 - 0.45 * value);
  const lit = zip(curve(rough, 0.5), [dark], (value, share) => value * share);
  return tone(lit, [0.5, 0.56, 0.66]);
}

/** Greens become orange and red; the rest gets a little warmer. */
export function autumn(image: Planes): Planes {
  const leaf = zip(
    channelOf(image, 0),
    [channelOf(image, 1), channelOf(image, 2)],
    (red, green, blue) =>
      smoothstep(0.0, 0.1, green - 0.5 * red - 0.5 * blue) *
      smoothstep(-0.1, 0.05, green - blue) *
      0.9,
  );
  const leaves = ramp(luma(image), [
    [0.1, 0.03, 0.01],
    [0.5, 0.18, 0.05],
    [0.88, 0.45, 0.1],
    [1.0, 0.78, 0.35],
  ]);
  return blend(tone(image, [1.13, 0.94, 0.68]), leaves, leaf);
}

/** Browns, yellows and dull greens become fresh green; everything a little brighter. */
export function spring(image: Planes): Planes {
  const earth = zip(
    channelOf(image, 0),
    [channelOf(image, 1), channelOf(image, 2)],
    (red, green, blue) =>
      smoothstep(0.03, 0.15, Math.min(green, 1.1 * red) - blue) *
      smoothstep(-0.1, -0.01, green - red) *
      0.85,
  );
  const leaves = ramp(luma(image), [
    [0.02, 0.07, 0.01],
    [0.22, 0.46, 0.07],
    [0.56, 0.84, 0.26],
    [0.88, 1.0, 0.66],
  ]);
  const fresh = map(saturate(image, 1.25), (value) => value * 1.06 + 0.02);
  return blend(fresh, leaves, earth);
}

export function desert(image: Planes): Planes {
  const sand = ramp(luma(image), [
    [0.2, 0.11, 0.05],
    [0.55, 0.36, 0.19],
    [0.86, 0.66, 0.4],
    [1.0, 0.92, 0.74],
  ]);
  const dusty = blend(saturate(image, 0.4), sand, 0.75);
  return withColour(dusty, [0.92, 0.78, 0.56], (value, part) => mix(value, part, 0.15));
}

export function underwater(image: Planes): Planes {
  const water = ramp(luma(blur(image, 1, 1)), [
    [0.0, 0.08, 0.14],
    [0.02, 0.32, 0.42],
    [0.12, 0.62, 0.68],
    [0.55, 0.92, 0.9],
  ]);
  return blend(tone(image, [0.35, 0.8, 0.9]), water, 0.7);
}
