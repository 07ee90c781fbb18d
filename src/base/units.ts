declare const unit: unique symbol;

/** Integer microseconds: every time inside the program. */
export type Microseconds = number & { readonly [unit]?: 'us' };
/** Seconds: only at the surface (command line, page). */
export type Seconds = number & { readonly [unit]?: 's' };

export function toMicroseconds(seconds: Seconds): Microseconds {
  return Math.round(seconds * 1e6);
}

/** A half-open span of time `[from, to)`: a frame belongs if its presentation time does. */
export type TimeSpan = { readonly from: Microseconds; readonly to: Microseconds };

export function spanHolds(span: TimeSpan, time: Microseconds): boolean {
  return time >= span.from && time < span.to;
}

export type Size = { readonly width: number; readonly height: number };
