/** One wish that the starter model was trained on. `words` are what a person may type for it. */
export type KnownWish = {
  readonly prompt: string;
  readonly group: string;
  readonly words: readonly string[];
};

const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'gold', 'teal'];

/** What the starter knows, most asked for first within each group. */
export const KNOWN_WISHES: readonly KnownWish[] = [
  wish('Time of day', 'make it night', ['night', 'midnight', 'dark', 'moonlight', 'evening']),
  wish('Time of day', 'make it sunset', ['sunset', 'sundown', 'dusk', 'evening']),
  wish('Time of day', 'make it golden hour', ['golden hour', 'golden light', 'morning light']),
  wish('Time of day', 'make it blue hour', ['blue hour', 'twilight', 'dawn']),
  wish('Weather', 'make it snow', ['snow', 'snowy', 'snowfall', 'snow cover', 'blizzard']),
  wish('Weather', 'make it rain', ['rain', 'rainy', 'wet', 'drizzle']),
  wish('Weather', 'add fog', ['fog', 'foggy', 'mist', 'misty', 'haze']),
  wish('Weather', 'make it stormy', ['storm', 'stormy', 'thunder', 'overcast']),
  wish('Season', 'make it autumn', ['autumn', 'fall colours', 'orange leaves', 'october']),
  wish('Season', 'make it spring', ['spring', 'blossom', 'fresh green']),
  wish('Season', 'make it winter', ['winter', 'frost', 'frozen', 'icy', 'cold']),
  wish('Place', 'make it a desert', ['desert', 'sand', 'arid']),
  wish('Place', 'put it underwater', ['underwater', 'under water', 'ocean', 'deep sea']),
  wish('Style', 'make it black and white', [
    'black and white',
    'monochrome',
    'grayscale',
    'greyscale',
    'desaturate',
  ]),
  wish('Style', 'make it sepia', ['sepia', 'old photo', 'brown tone']),
  wish('Style', 'make it look like vintage film', [
    'vintage',
    'film',
    'retro',
    'old film',
    '1970s',
  ]),
  wish('Style', 'make it film noir', ['noir', 'film noir', 'detective']),
  wish('Style', 'turn it into a pencil sketch', ['pencil', 'sketch', 'drawing', 'charcoal']),
  wish('Style', 'turn it into a cartoon', ['cartoon', 'comic', 'anime', 'toon']),
  wish('Style', 'make it an oil painting', [
    'oil painting',
    'painting',
    'painted',
    'impressionist',
  ]),
  wish('Style', 'posterise it', ['posterise', 'posterize', 'poster', 'flat colours']),
  wish('Style', 'turn it into pixel art', ['pixel', 'pixel art', 'pixelated', '8-bit', '8 bit']),
  wish('Style', 'make it a thermal image', ['thermal', 'heat', 'infrared']),
  wish('Style', 'give it neon colours', ['neon', 'cyberpunk', 'glow']),
  wish('Colour', 'make it brighter', ['brighter', 'brighten', 'lighter', 'bright']),
  wish('Colour', 'make it darker', ['darker', 'darken', 'dim']),
  wish('Colour', 'make it vivid', ['vivid', 'saturated', 'colourful', 'colorful', 'saturate']),
  wish('Colour', 'make it warmer', ['warmer', 'warm', 'warm light']),
  wish('Colour', 'make it cooler', ['cooler', 'cool', 'cold light']),
  wish('Colour', 'invert the colours', ['invert', 'negative', 'inverted']),
  ...COLOURS.map((colour) => wish('Colour', `make it ${colour}`, [colour])),
];

/** Shown before anything was typed. */
export const FIRST_PROMPTS: readonly string[] = [
  'make it night',
  'make it snow',
  'make it black and white',
];

function wish(group: string, prompt: string, words: readonly string[]): KnownWish {
  return { prompt, group, words };
}

/** Known wishes that fit what was typed so far, best first: the wish itself begins so, then its words, then inside. */
export function suggest(typed: string, limit: number): readonly KnownWish[] {
  const text = normalise(typed);
  if (text === '') {
    return KNOWN_WISHES.slice(0, limit);
  }
  const scored = KNOWN_WISHES.map((entry, order) => ({ entry, order, score: score(entry, text) }));
  return scored
    .filter((item) => item.score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, limit)
    .map((item) => item.entry);
}

function score(entry: KnownWish, text: string): number {
  if (entry.prompt === text) {
    return 5;
  }
  if (entry.prompt.startsWith(text)) {
    return 4;
  }
  if (entry.words.some((word) => word.startsWith(text))) {
    return 3;
  }
  const last = text.split(' ').at(-1) ?? '';
  if (last.length >= 2 && entry.words.some((word) => word.startsWith(last))) {
    return 2;
  }
  if (text.length >= 3 && `${entry.prompt} ${entry.words.join(' ')}`.includes(text)) {
    return 1;
  }
  return 0;
}

/** Whether any known wish occurs in the text as whole words. */
export function isKnownWish(typed: string): boolean {
  const text = ` ${normalise(typed)} `;
  return KNOWN_WISHES.some(
    (entry) =>
      text.includes(` ${entry.prompt} `) || entry.words.some((word) => text.includes(` ${word} `)),
  );
}

function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
