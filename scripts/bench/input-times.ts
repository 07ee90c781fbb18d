/** A stretch of a session in which inputs of one kind were made, in the page's time. */
export type Phase = {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  /** Keys and clicks made in it; moves and wheels are counted by the page. */
  readonly presses: number;
};

/** An entry of the Event Timing API: from the input to the presentation of the next frame. */
export type TimedEvent = {
  readonly start: number;
  readonly duration: number;
  /** Down, press and up of one key or click share a number above 0. */
  readonly interaction: number;
};

/** A move or wheel, which Event Timing leaves out: from the input to the frame after the one that handled it. */
export type TimedMove = { readonly start: number; readonly duration: number };

/** Shorter events are not reported at all. */
export const EVENT_FLOOR_MS = 16;

/** Milliseconds from input to paint of all inputs of a phase. A press without an entry took the floor at most. */
export function phaseTimes(
  { from, to, presses }: Phase,
  events: readonly TimedEvent[],
  moves: readonly TimedMove[],
): readonly number[] {
  const isInside = ({ start }: { readonly start: number }) => start >= from && start < to;
  const longest = new Map<number, number>();
  for (const { interaction, duration } of events.filter(isInside)) {
    if (interaction > 0) {
      longest.set(interaction, Math.max(longest.get(interaction) ?? 0, duration));
    }
  }
  const unreported = Math.max(0, presses - longest.size);
  return [
    ...longest.values(),
    ...Array.from({ length: unreported }, () => EVENT_FLOOR_MS),
    ...moves.filter(isInside).map(({ duration }) => duration),
  ];
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
