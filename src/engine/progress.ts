import type { JobEvent, JobProgress } from '../protocol/engine.ts';

/** Progress is sent at most this often. */
const INTERVAL_MS = 100;
/** The rate is taken over about this long, so that it follows what the machine does now. */
const WINDOW_MS = 20_000;

type Sample = { readonly time: number; readonly done: number; readonly isStart?: boolean };

/** Turns counts into progress events with rate and time left, thinned out. The last count of a stage is always sent. */
export class ProgressReporter {
  readonly #send: (event: JobEvent) => void;
  readonly #now: () => number;
  #stage: JobProgress['stage'] = 'opening';
  #unit: JobProgress['unit'] = 'frames';
  #total = 0;
  #sent = -Infinity;
  #samples: Sample[] = [];

  constructor(send: (event: JobEvent) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** `done` so far counts as given, not as work of this stage: frames found from an earlier run, say. */
  begin(stage: JobProgress['stage'], total: number, unit: JobProgress['unit'], done = 0): void {
    this.#stage = stage;
    this.#unit = unit;
    this.#total = total;
    this.#samples = [{ time: this.#now(), done, isStart: true }];
    this.#sent = -Infinity;
    this.update(done);
  }

  /** `done` of `total`, never falling. */
  update(done: number): void {
    const time = this.#now();
    this.#remember({ time, done });
    if (time - this.#sent < INTERVAL_MS && done < this.#total) {
      return;
    }
    this.#sent = time;
    const rate = this.#rate();
    this.#send({
      kind: 'progress',
      progress: {
        stage: this.#stage,
        done,
        total: this.#total,
        unit: this.#unit,
        framesPerSecond: this.#unit === 'frames' ? rate : 0,
        secondsLeft: rate > 0 ? (this.#total - done) / rate : NaN,
      },
    });
  }

  #remember(sample: Sample): void {
    const samples = this.#samples;
    if (sample.done === samples.at(-1)?.done) {
      return;
    }
    samples.push(sample);
    // The start goes first: what came before the first result (anchors, warming up) says little about the rest.
    if (samples.length === 3 && samples[0]?.isStart === true) {
      samples.shift();
    }
    while (samples.length > 2 && sample.time - (samples[1]?.time ?? 0) > WINDOW_MS) {
      samples.shift();
    }
  }

  /** Units per second over the window; 0 while nothing was done. */
  #rate(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    const seconds = ((last?.time ?? 0) - (first?.time ?? 0)) / 1000;
    return seconds > 0 ? ((last?.done ?? 0) - (first?.done ?? 0)) / seconds : 0;
  }
}
