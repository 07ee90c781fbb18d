import * as looks from './looks.ts';
import { clamp, map, type Planes, type Rgb } from './planes.ts';
import { blur } from './tools.ts';
import * as weather from './weather.ts';

/** Where an edit acts: the whole picture, the object, or what is around it. */
export type Place = 'all' | 'object' | 'background';

/** What a figure is averaged over: `object` are the edits of a part of the picture. */
export type Group = 'colour' | 'style' | 'object' | 'identity';

export type EditRecipe = {
  readonly make: (image: Planes, colour: Rgb) => Planes;
  readonly group: Group;
  readonly place: Place;
};

function whole(group: Group, make: EditRecipe['make']): EditRecipe {
  return { make, group, place: 'all' };
}

function part(place: Place, make: EditRecipe['make']): EditRecipe {
  return { make, group: 'object', place };
}

/** The edits that the starter learns, by their id in prompts.json: training/edits/registry.py. */
export const RECIPES: Readonly<Record<string, EditRecipe>> = {
  night: whole('colour', weather.night),
  sunset: whole('colour', weather.sunset),
  golden_hour: whole('colour', weather.goldenHour),
  blue_hour: whole('colour', weather.blueHour),
  snow: whole('colour', weather.snow),
  rain: whole('colour', weather.rain),
  fog: whole('colour', weather.fog),
  overcast: whole('colour', weather.overcast),
  storm: whole('colour', weather.storm),
  autumn: whole('colour', weather.autumn),
  spring: whole('colour', weather.spring),
  desert: whole('colour', weather.desert),
  underwater: whole('colour', weather.underwater),
  bw: whole('colour', looks.bw),
  sepia: whole('colour', looks.sepia),
  vintage_film: whole('colour', looks.vintageFilm),
  noir: whole('colour', looks.noir),
  pencil_sketch: whole('style', looks.pencilSketch),
  charcoal: whole('style', looks.charcoal),
  watercolor: whole('style', looks.watercolor),
  oil_painting: whole('style', looks.oilPainting),
  cartoon: whole('style', looks.cartoon),
  posterize: whole('style', looks.posterize),
  pixel_art: whole('style', looks.pixelArt),
  mosaic: whole('style', looks.mosaic),
  thermal: whole('colour', looks.thermal),
  invert: whole('colour', looks.invert),
  neon: whole('style', looks.neon),
  sharpen: whole('style', looks.sharpen),
  brighten: whole('colour', looks.brighten),
  darken: whole('colour', looks.darken),
  vivid: whole('colour', looks.vivid),
  warm: whole('colour', looks.warm),
  cool: whole('colour', looks.cool),
  tint: whole('colour', looks.tint),
  identity: whole('identity', (image) => image),
  fg_recolor: part('object', looks.recolor),
  fg_gold: part('object', looks.gold),
  fg_silver: part('object', looks.silver),
  bg_gray: part('background', looks.bw),
  bg_black: part('background', (image) => looks.flat(image, [0.02, 0.02, 0.02])),
  bg_white: part('background', (image) => looks.flat(image, [0.97, 0.97, 0.97])),
  bg_color: part('background', looks.flat),
  bg_blur: part('background', (image) => blur(image, 4)),
  spotlight: part('background', (image) => map(image, (value) => value * 0.35)),
};

/** The edited picture in [0, 1] before any mask is applied; the sides are multiples of 8. */
export function makeTarget(edit: string, image: Planes, colour: Rgb): Planes {
  const recipe = RECIPES[edit];
  if (recipe === undefined) {
    throw new RangeError(`there is no edit ${edit}`);
  }
  return map(recipe.make(image, colour), (value) => clamp(value));
}
