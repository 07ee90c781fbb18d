import type { Dataset, Thing } from './dataset.ts';
import { RECIPES } from './edits/registry.ts';
import { cycled, shuffled } from './seeded.ts';

export type WordingKind = 'plain' | 'oblique' | 'unsupported' | 'nonsense';

/** A prompt for one photo. `colour` is what `{color}` stands for, a key of the data's colours. */
export type Wording = {
  readonly kind: WordingKind;
  readonly edit: string;
  readonly text: string;
  readonly colour: string;
};

export type ColourWording = {
  readonly text: string;
  readonly colour: string;
  /** By a name that the training has, or by one it has not. */
  readonly isTrained: boolean;
};

/** Grey ones are left to the test of colour names: a white or black tint is as good as black and white, a black backdrop is an edit of its own. */
const GREYS: readonly string[] = ['white', 'black'];

/** Texts that ask for nothing that can be seen. */
const NONSENSE: readonly string[] = [
  'qwpeoriu zmxn',
  'the square root of minus nine',
  'Tuesday at a quarter past four',
  'asdfasdf',
  'my aunt plays chess by post',
  'invoice number 40213',
  'why do cats purr',
  'lorem ipsum dolor sit amet',
  'thirteen hundred and six',
  'remember to water the office plant',
  'jklö 77 !!',
  'a contract is void if not signed',
];

/** Fills the places of a wording; `colour` is a name as people say it. */
export function fillWording(
  wording: string,
  words: { thing: Thing; other: Thing; where: string; colour: string },
): string {
  const { thing, other, where, colour } = words;
  const places: Readonly<Record<string, string>> = {
    '{color}': colour,
    '{where}': where,
    '{a2}': other.a,
    '{the2}': other.the,
    '{a}': thing.a,
    '{the}': thing.the,
    '{noun}': thing.noun,
  };
  return wording.replace(/\{\w+\}/g, (place) => places[place] ?? place);
}

/** Chooses wordings for the photos; seeded, so that a run can be repeated. */
export class WordingPlan {
  readonly #data: Dataset;
  readonly #seed: number;

  constructor(data: Dataset, seed: number) {
    this.#data = data;
    this.#seed = seed;
  }

  /** One plain wording per photo, and an oblique one on every other photo. */
  ofEdit(edit: string, photo: number, thing: Thing): Wording[] {
    const place = Object.keys(RECIPES).indexOf(edit);
    const words = this.#data.edits.find(({ id }) => id === edit);
    if (words === undefined) {
      throw new RangeError(`the data has no wordings for ${edit}`);
    }
    const plain = cycled(shuffled(words.heldout, this.#seed, 100 + place), photo);
    const made = [this.#fill('plain', edit, plain, photo, thing)];
    if (photo % 2 === 0 && words.oblique.length > 0) {
      const oblique = shuffled(words.oblique, this.#seed, 200 + place);
      made.push(this.#fill('oblique', edit, cycled(oblique, photo / 2), photo, thing));
    }
    return made;
  }

  /** Edits that the starter does not know, and nonsense: those that fall to this one of `spread` photos. */
  unknown(photo: number, spread: number, thing: Thing): Wording[] {
    const unsupported = this.#data.edits.filter(({ id }) => RECIPES[id] === undefined);
    const foreign = unsupported.map(({ id, heldout }, i) => {
      const wording = cycled(shuffled(heldout, this.#seed, 300 + i), photo);
      return this.#fill('unsupported', id, wording, photo, thing);
    });
    const nonsense = NONSENSE.map((text) => this.#fill('nonsense', 'none', text, photo, thing));
    return [...foreign, ...nonsense].filter((_, i) => i % spread === photo);
  }

  /** The colour that a photo's colour edits ask for, and stand for among its other edits. */
  colourOf(photo: number): string {
    const bright = Object.keys(this.#data.colours).filter((name) => !GREYS.includes(name));
    return cycled(shuffled(bright, this.#seed, 400), photo);
  }

  /** Tints in all colours, by trained and by held-out names: those that fall to this one of `spread` photos. */
  tints(photo: number, spread: number, thing: Thing): ColourWording[] {
    const wordings = this.#data.edits.find(({ id }) => id === 'tint')?.heldout ?? [];
    const order = shuffled(wordings, this.#seed, 500);
    const all = Object.entries(this.#data.colours).flatMap(([colour, { train, heldout }]) => [
      ...train.map((name) => ({ colour, name, isTrained: true })),
      ...heldout.map((name) => ({ colour, name, isTrained: false })),
    ]);
    return shuffled(all, this.#seed, 501).flatMap(({ colour, name, isTrained }, i) => {
      const text = fillWording(cycled(order, i), this.#words(photo, thing, name));
      return i % spread === photo ? [{ colour, isTrained, text }] : [];
    });
  }

  #fill(kind: WordingKind, edit: string, wording: string, photo: number, thing: Thing): Wording {
    const colour = this.colourOf(photo);
    const name = cycled(this.#data.colours[colour]?.train ?? [], photo);
    const text = fillWording(wording, this.#words(photo, thing, name));
    return { kind, edit, text, colour };
  }

  #words(photo: number, thing: Thing, colour: string): Parameters<typeof fillWording>[1] {
    const others = this.#data.things.filter(({ noun }) => noun !== thing.noun);
    return {
      thing,
      colour,
      other: cycled(shuffled(others, this.#seed, 600), photo),
      where: cycled(shuffled(this.#data.places, this.#seed, 700), photo),
    };
  }
}
