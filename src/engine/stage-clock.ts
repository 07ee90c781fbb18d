import type { StageTimes } from '../protocol/engine.ts';

export type Stage = keyof StageTimes;

type StageSeconds = Record<Stage, number>;

const NOTHING: StageTimes = {
  load: 0,
  decode: 0,
  vaeEncode: 0,
  unet: 0,
  attention: 0,
  vaeDecode: 0,
  store: 0,
};

/** Adds up the time spent per stage; what runs inside another stage counts for the inner one only. */
export class StageClock {
  readonly #now: () => number;
  #seconds: StageSeconds = { ...NOTHING };
  /** Time that inner stages took, one entry per open stage. */
  readonly #inner: number[] = [];

  /** `now` in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Stages must nest: two at once on one level would be counted twice. */
  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const start = this.#now();
    this.#inner.push(0);
    try {
      return await work();
    } finally {
      const spent = this.#now() - start;
      const inner = this.#inner.pop() ?? 0;
      this.#seconds[stage] += (spent - inner) / 1000;
      const outer = this.#inner.length - 1;
      if (outer >= 0) {
        this.#inner[outer] = (this.#inner[outer] ?? 0) + spent;
      }
    }
  }

  /** Called when a job starts: jobs run one at a time and share the clock. */
  reset(): void {
    this.#seconds = { ...NOTHING };
    this.#inner.length = 0;
  }

  get times(): StageTimes {
    return { ...this.#seconds };
  }
}
