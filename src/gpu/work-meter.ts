declare const performance: { now(): number };

/** Of one submit: half of what watchdogs and other tabs forgive at the least. */
const SUBMIT_MS = 250;
/** Operations per millisecond assumed at first: 0.5 GFLOP/s, what a software adapter does and far below any GPU. */
const FIRST_RATE = 5e5;

/**
 * Learns how many estimated operations a device does per millisecond, from the time its submits take, and says when
 * the commands gathered so far should be submitted. Other users of the queue make it look slower, never faster.
 */
export class WorkMeter {
  readonly #device: GPUDevice;
  #rate = FIRST_RATE;
  #pending = 0;
  #lastDone = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get budget(): number {
    return this.#rate * SUBMIT_MS;
  }

  wouldExceed(cost: number): boolean {
    return this.#pending > 0 && this.#pending + cost > this.budget;
  }

  add(cost: number): void {
    this.#pending += cost;
  }

  submitted(): void {
    const cost = this.#pending;
    this.#pending = 0;
    // Small submits measure latency, not speed.
    if (cost < this.budget / 16) {
      return;
    }
    const begun = performance.now();
    this.#device.queue.onSubmittedWorkDone().then(
      () => {
        const now = performance.now();
        const took = Math.max(0.1, now - Math.max(begun, this.#lastDone));
        this.#lastDone = now;
        const seen = cost / took;
        this.#rate = Math.min(4 * this.#rate, Math.max(this.#rate / 4, seen));
      },
      () => undefined, // The device is gone; its loss is reported by the context.
    );
  }
}
