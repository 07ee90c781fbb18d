/** Where the letters of a query were found in a text, and how well they fit; higher is better. */
export type FuzzyMatch = { readonly score: number; readonly at: readonly number[] };

const START_OF_WORD = 8;
const NEXT_TO_LAST = 6;
const START_OF_TEXT = 4;
/** For each letter between two that match, as far as it counts. */
const GAP = 0.5;
const LARGEST_GAP = 6;

/**
 * Finds the letters of `query` in `text` in their order, upper or lower case, spaces left out, at the places that score
 * best: the beginnings of words first, then runs. Null where a letter is missing. An empty query fits everything.
 */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | null {
  const wanted = Array.from(query.toLowerCase()).filter((letter) => letter !== ' ');
  const letters = text.toLowerCase();
  // best[j]: the best way to have placed the letters so far with the last one at j.
  let best = new Map<number, FuzzyMatch>();
  for (const [index, letter] of wanted.entries()) {
    const next = new Map<number, FuzzyMatch>();
    for (let j = letters.indexOf(letter); j >= 0; j = letters.indexOf(letter, j + 1)) {
      const own = (isWordStart(letters, j) ? START_OF_WORD : 1) + (j === 0 ? START_OF_TEXT : 0);
      const found = index === 0 ? { score: own, at: [j] } : bestBefore(best, j, own);
      if (found !== null) {
        next.set(j, found);
      }
    }
    best = next;
  }
  if (wanted.length === 0) {
    return { score: 0, at: [] };
  }
  let winner: FuzzyMatch | null = null;
  for (const match of best.values()) {
    winner = winner === null || match.score > winner.score ? match : winner;
  }
  return winner;
}

function bestBefore(
  best: ReadonlyMap<number, FuzzyMatch>,
  j: number,
  own: number,
): FuzzyMatch | null {
  let winner: FuzzyMatch | null = null;
  for (const [i, { score, at }] of best) {
    if (i < j) {
      const gap = j - i - 1;
      const total = score + own + (gap === 0 ? NEXT_TO_LAST : -GAP * Math.min(gap, LARGEST_GAP));
      if (winner === null || total > winner.score) {
        winner = { score: total, at: [...at, j] };
      }
    }
  }
  return winner;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}’]/u.test(text[at - 1] ?? ' ');
}

/** A text cut into runs of letters that were found and others. */
export function runsOf(
  text: string,
  at: readonly number[],
): readonly { readonly text: string; readonly from: number; readonly isFound: boolean }[] {
  const isFound = new Set(at);
  const starts = Array.from({ length: text.length }, (_, place) => place).filter(
    (place) => place === 0 || isFound.has(place) !== isFound.has(place - 1),
  );
  return starts.map((from, index) => ({
    text: text.slice(from, starts[index + 1]),
    from,
    isFound: isFound.has(from),
  }));
}
