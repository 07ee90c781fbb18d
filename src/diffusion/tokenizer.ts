import { AppError } from '../base/error.ts';

/** Ids of fixed length, and the end of the prompt that found no room (null when all of it did). */
export type Tokens = { readonly ids: Int32Array<ArrayBuffer>; readonly cut: string | null };

export interface Tokenizer {
  /** Start, tokens, end, then padding, `maxTokens` in all; too long a prompt loses its end. */
  tokenize(text: string): Tokens;
  /** Start, tokens and end without padding or truncation. */
  encode(text: string): number[];
}

export type TokenizerOptions = {
  /** 77 in every CLIP text model of Stable Diffusion. */
  readonly maxTokens: number;
  /** The end token in Stable Diffusion 1.x, 0 (the string "!") in 2.x. */
  readonly padToken: number;
};

type Piece = { readonly ids: readonly number[]; readonly start: number };
/** The words of a text, each with its place in `shown`, the text after NFC. */
type Pieces = { readonly pieces: readonly Piece[]; readonly shown: string };

const START = '<|startoftext|>';
const END = '<|endoftext|>';
/** CLIP's own pre-tokenisation: contractions, runs of letters, single digits, runs of anything else but blanks. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\p{White_Space}\p{L}\p{N}]+/gu;
const UTF8 = new TextEncoder();

/**
 * The byte-pair tokenizer of CLIP (Radford et al. 2021) from the files that diffusers checkpoints carry: `vocab.json`
 * and `merges.txt`, both as text. Follows transformers' fast tokenizer: NFC, white space collapsed, lower case character by
 * character, no repair of broken text.
 */
export function createTokenizer(
  vocabJson: string,
  mergesText: string,
  options: TokenizerOptions,
): Tokenizer {
  const vocabulary = parseVocabulary(vocabJson);
  const ranks = parseMerges(mergesText);
  const start = idOf(vocabulary, START);
  const end = idOf(vocabulary, END);
  const special = specialTokens(vocabulary, options.padToken);
  const cache = new Map<string, readonly number[]>();

  function wordIds(word: string): readonly number[] {
    const known = cache.get(word);
    if (known !== undefined) {
      return known;
    }
    const ids = mergePairs(byteSymbols(word), ranks).map((symbol) => vocabulary.get(symbol) ?? end);
    cache.set(word, ids);
    return ids;
  }

  function split(text: string): Pieces {
    const pieces: Piece[] = [];
    let shown = '';
    let from = 0;
    const plain = (to: number) => {
      // Special strings are taken out of the raw text first, as the reference does.
      const part = text.slice(from, to).normalize('NFC');
      const { lower, origin } = lowerCase(part);
      for (const match of lower.matchAll(WORDS)) {
        pieces.push({ ids: wordIds(match[0]), start: shown.length + (origin[match.index] ?? 0) });
      }
      shown += part;
    };
    for (const match of text.matchAll(special.pattern)) {
      plain(match.index);
      pieces.push({ ids: [special.ids.get(match[0]) ?? end], start: shown.length });
      shown += match[0];
      from = match.index + match[0].length;
    }
    plain(text.length);
    return { pieces, shown };
  }

  return {
    encode: (text) => [start, ...split(text).pieces.flatMap((piece) => piece.ids), end],
    tokenize: (text) => {
      const ids = new Int32Array(options.maxTokens).fill(options.padToken);
      const room = options.maxTokens - 1;
      ids[0] = start;
      let used = 1;
      let cut: string | null = null;
      const { pieces, shown } = split(text);
      for (const piece of pieces) {
        if (cut === null && used + piece.ids.length > room) {
          cut = shown.slice(piece.start).trim();
        }
        for (const id of piece.ids.slice(0, room - used)) {
          ids[used++] = id;
        }
      }
      ids[used] = end;
      return { ids, cut };
    },
  };
}

/** Lower case character by character, and for each UTF-16 unit of the result the index of the character it came from. */
function lowerCase(text: string): { lower: string; origin: number[] } {
  let lower = '';
  let index = 0;
  const origin: number[] = [];
  for (const character of text) {
    const small = character.toLowerCase();
    for (let unit = 0; unit < small.length; unit++) {
      origin.push(index);
    }
    lower += small;
    index += character.length;
  }
  return { lower, origin };
}

/** Literal strings that become one id wherever they stand: start, end, and the padding string if it is a third one. */
function specialTokens(
  vocabulary: ReadonlyMap<string, number>,
  padToken: number,
): { pattern: RegExp; ids: ReadonlyMap<string, number> } {
  const ids = new Map([START, END].map((token) => [token, idOf(vocabulary, token)]));
  if (![...ids.values()].includes(padToken)) {
    const padding = [...vocabulary].find(([, id]) => id === padToken)?.[0];
    if (padding !== undefined) {
      ids.set(padding, padToken);
    }
  }
  const escaped = [...ids.keys()].map((token) => token.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return { pattern: new RegExp(escaped.join('|'), 'g'), ids };
}

function idOf(vocabulary: ReadonlyMap<string, number>, token: string): number {
  const id = vocabulary.get(token);
  if (id === undefined) {
    throw new AppError('model/bad-manifest', `The vocabulary has no ${token}.`);
  }
  return id;
}

function parseVocabulary(json: string): Map<string, number> {
  try {
    const entries = Object.entries(JSON.parse(json) as Record<string, unknown>);
    if (entries.every((entry): entry is [string, number] => Number.isInteger(entry[1]))) {
      return new Map(entries);
    }
  } catch (error) {
    throw new AppError('model/bad-manifest', 'The vocabulary is no JSON.', { cause: error });
  }
  throw new AppError(
    'model/bad-manifest',
    'The vocabulary maps a token to something else than a number.',
  );
}

/** Pair ("a b") to its rank: the earlier a merge stands in the file, the sooner it is applied. */
function parseMerges(text: string): Map<string, number> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
  return new Map(lines.map((line, rank) => [line, rank]));
}

/** GPT-2's map of bytes to printable characters: visible Latin-1 stays, the rest moves to U+0100 and up. */
const BYTE_CHARACTERS: readonly string[] = (() => {
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    return String.fromCodePoint(isVisible ? byte : 256 + moved++);
  });
})();

/** The UTF-8 bytes of a word as symbols, the last one marked as the end of a word. */
function byteSymbols(word: string): string[] {
  const symbols = Array.from(UTF8.encode(word), (byte) => BYTE_CHARACTERS[byte] ?? '');
  symbols.push(`${symbols.pop() ?? ''}</w>`);
  return symbols;
}

/** Applies the best-ranked merge, everywhere it fits, until none does. */
function mergePairs(symbols: string[], ranks: ReadonlyMap<string, number>): string[] {
  for (;;) {
    let best = Infinity;
    let bestPair = '';
    for (let i = 0; i + 1 < symbols.length; i++) {
      const pair = `${symbols[i] ?? ''} ${symbols[i + 1] ?? ''}`;
      const rank = ranks.get(pair) ?? Infinity;
      if (rank < best) {
        best = rank;
        bestPair = pair;
      }
    }
    if (best === Infinity) {
      return symbols;
    }
    const merged: string[] = [];
    for (let i = 0; i < symbols.length; i++) {
      const symbol = symbols[i] ?? '';
      const next = symbols[i + 1];
      if (next !== undefined && `${symbol} ${next}` === bestPair) {
        merged.push(symbol + next);
        i++;
      } else {
        merged.push(symbol);
      }
    }
    symbols = merged;
  }
}
