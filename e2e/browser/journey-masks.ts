import { openClip } from '../../src/media/open-clip.ts';
import type { ClipInfo, Picture } from '../../src/protocol/media.ts';
import { harnessFile } from './files.ts';
import { measureColour, type Colour } from './inspect-clip.ts';
import { makeClip, type ClipPlan } from './make-clip.ts';
import { findOnsets } from './media-cases.ts';

/** A clip as bytes, in base64, for a page that it is dropped on. */
export async function clipBytes(plan: ClipPlan): Promise<string> {
  const bytes = new Uint8Array(await (await makeClip(plan)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** A place of a frame, in fractions of the picture. */
export type Place = { readonly frame: number; readonly x: number; readonly y: number };

export type SeenPlaces = {
  readonly info: ClipInfo;
  readonly times: readonly number[];
  readonly onsets: readonly number[];
  /** Mean colour around each place, in the order asked for. */
  readonly colours: readonly Colour[];
};

/** Half a side of the square that a colour is the mean of, in pixels. */
const REACH = 4;

/** Decodes a provided file whole and measures places of it. */
export async function seePlaces(name: string, places: readonly Place[]): Promise<SeenPlaces> {
  const clip = await openClip(harnessFile(name));
  try {
    const times: number[] = [];
    const colours = new Map<Place, Colour>();
    for await (const { index, time, picture } of clip.frames(0, clip.info.frameCount)) {
      times.push(time);
      for (const place of places.filter(({ frame }) => frame === index)) {
        colours.set(place, measureColour(around(picture, place)));
      }
    }
    return {
      info: clip.info,
      times,
      onsets: await findOnsets(clip),
      colours: places.map((place) => {
        const colour = colours.get(place);
        if (colour === undefined) {
          throw new Error(`there is no frame ${place.frame}`);
        }
        return colour;
      }),
    };
  } finally {
    clip.dispose();
  }
}

function around({ data, width, height }: Picture, { x, y }: Place): Pick<Picture, 'data'> {
  const left = Math.round(x * width) - REACH;
  const top = Math.round(y * height) - REACH;
  const side = 2 * REACH + 1;
  const part = new Uint8ClampedArray(side * side * 4);
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * width + left) * 4;
    part.set(data.subarray(from, from + side * 4), row * side * 4);
  }
  return { data: part };
}
