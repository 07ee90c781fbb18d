const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `5 minutes ago`, `yesterday`; `just now` within a minute. Both in milliseconds since 1970. */
export function ago(time: number, now: number): string {
  const seconds = (now - time) / 1000;
  const [unit, length] = STEPS.find(([, size]) => seconds >= size) ?? ['second', 0];
  return length === 0 ? 'just now' : words.format(-Math.floor(seconds / length), unit);
}
