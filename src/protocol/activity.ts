/** Places in the shared memory. */
const LAST_INPUT = 0;
const IS_HELD = 1;

/** What the page tells of the person who sits before it. Times in milliseconds on the clock of `sharedNow`. */
export type Activity = {
  /** When the last key, press, drag or wheel came; 0 while there was none. */
  readonly lastInput: number;
  /** A button of the pointer, or a finger, is down. */
  readonly isHeld: boolean;
};

/** One clock for all threads of a page. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Memory for `noteActivity` and `readActivity`; null where the page may not share any. */
export function createActivityMemory(): SharedArrayBuffer | null {
  return typeof SharedArrayBuffer === 'undefined'
    ? null
    : new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
}

export function noteActivity(memory: SharedArrayBuffer, { lastInput, isHeld }: Activity): void {
  const places = new BigInt64Array(memory);
  Atomics.store(places, LAST_INPUT, BigInt(Math.round(lastInput)));
  Atomics.store(places, IS_HELD, isHeld ? 1n : 0n);
}

export function readActivity(memory: SharedArrayBuffer): Activity {
  const places = new BigInt64Array(memory);
  return {
    lastInput: Number(Atomics.load(places, LAST_INPUT)),
    isHeld: Atomics.load(places, IS_HELD) === 1n,
  };
}
