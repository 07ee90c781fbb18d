/**
 * What a person has pressed while a key is recorded: `first` is the press before, if there was one. A letter or digit
 * alone may be the first half of a pair such as `M R`, so it is whole only when nothing follows for a moment.
 */
export function recordPress(
  first: string | null,
  pressed: string,
): { readonly keys: string; readonly isWhole: boolean } {
  if (first !== null) {
    return { keys: `${first} ${pressed}`, isWhole: true };
  }
  return { keys: pressed, isWhole: !/^[A-Z0-9]$/.test(pressed) };
}

/** How long a second press is waited for. */
export const PAIR_WAIT_MS = 900;
