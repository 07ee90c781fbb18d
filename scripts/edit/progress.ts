import type { JobProgress } from '../../src/protocol/engine.ts';

const BAR_CELLS = 24;
/** Without a terminal a line is printed only this often. */
const PLAIN_INTERVAL_MS = 5_000;

const STAGE_WORDS: Record<JobProgress['stage'], string> = {
  opening: 'Opening',
  'loading-model': 'Loading the model',
  preparing: 'Preparing',
  rendering: 'Editing',
  encoding: 'Encoding',
  finishing: 'Finishing',
};

function amount(value: number, unit: JobProgress['unit']): string {
  return unit === 'bytes' ? `${(value / 1e6).toFixed(1)} MB` : `${value} ${unit}`;
}

/** One line: stage, bar, how much of how much, rate and time left as far as they are known. */
export function progressLine(progress: JobProgress): string {
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const filled = Math.round(share * BAR_CELLS);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}]`;
  const parts = [
    `${amount(progress.done, progress.unit)} of ${amount(progress.total, progress.unit)}`,
  ];
  if (progress.framesPerSecond > 0) {
    parts.push(`${progress.framesPerSecond.toFixed(2)} frames/s`);
  }
  if (Number.isFinite(progress.secondsLeft)) {
    parts.push(`${Math.ceil(progress.secondsLeft)} s left`);
  }
  return `${STAGE_WORDS[progress.stage].padEnd(17)} ${bar} ${parts.join(' · ')}`;
}

/** Draws progress on stderr: one line rewritten on a terminal, now and then a line otherwise. */
export class ProgressBar {
  #lastPlain = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  show(progress: JobProgress): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${progressLine(progress)}`);
      this.#isDrawn = true;
      return;
    }
    const now = performance.now();
    if (now - this.#lastPlain >= PLAIN_INTERVAL_MS) {
      this.#lastPlain = now;
      process.stderr.write(`${progressLine(progress)}\n`);
    }
  }

  /** A line of its own above the bar. */
  say(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  clear(): void {
    if (this.#isDrawn) {
      process.stderr.write('\r\u001b[2K');
      this.#isDrawn = false;
    }
  }
}
