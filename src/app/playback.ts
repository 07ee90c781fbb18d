import type { Microseconds } from '../base/units.ts';
import type { SoundBlock, SoundStream, SoundStretch } from '../protocol/sound.ts';

/** Decoded sound of the sequence, from the sound worker. */
export type SoundFeed = {
  begin(pieces: readonly SoundStretch[], from: Microseconds): Promise<SoundStream | null>;
  read(): Promise<SoundBlock | null>;
  end(): void;
};

/** Sound scheduled ahead of what is heard. */
const LEAD_SECONDS = 1;
/** The picture waits this long for the first sound; then it goes and the sound joins where it is. */
const LONGEST_WAIT_SECONDS = 0.4;
/** From the first block's arrival to its being heard. */
const START_SECONDS = 0.03;

/** One run of playing, from `play` to `pause` or the next `play`. */
type Run = {
  readonly from: Microseconds;
  readonly rate: number;
  /** System time of the call, in seconds. */
  readonly pressed: number;
  /** When `from` is on screen, in seconds on the clock that is followed; null while the picture waits for the sound. */
  start: { readonly clock: 'audio' | 'system'; readonly zero: number } | null;
  /** Seconds of the sequence scheduled so far, from `from` on. */
  scheduled: number;
  readonly sources: Set<AudioBufferSourceNode>;
  pump: ReturnType<typeof setTimeout> | undefined;
};

/**
 * The clock of playing. The pieces' decoded sound is laid end to end on the audio clock, to the sample, and the picture
 * follows that clock; so a cut is a cut for both. Backwards, and where there is no audio clock, the system's runs.
 */
export class Playback {
  readonly #feed: SoundFeed;
  readonly #createContext: () => AudioContext;
  #context: AudioContext | null = null;
  #volume: GainNode | null = null;
  #pieces: readonly SoundStretch[] = [];
  #muted = false;
  #run: Run | null = null;
  #stoppedAt: Microseconds = 0;

  constructor(feed: SoundFeed, createContext: () => AudioContext = () => new AudioContext()) {
    this.#feed = feed;
    this.#createContext = createContext;
  }

  /** What is heard from the next `play` on. */
  load(pieces: readonly SoundStretch[]): void {
    this.#pieces = pieces;
  }

  unload(): void {
    this.pause();
    this.#pieces = [];
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#volume !== null) {
      this.#volume.gain.value = muted ? 0 : 1;
    }
  }

  /** From a time of the sequence, at a speed; negative goes back, without sound. */
  play(from: Microseconds, rate: number): void {
    this.pause();
    const isHeard = rate > 0 && this.#pieces.some(({ source }) => source !== null);
    const pressed = systemTime();
    const run: Run = {
      from,
      rate,
      pressed,
      start: isHeard ? null : { clock: 'system', zero: pressed },
      scheduled: 0,
      sources: new Set(),
      pump: undefined,
    };
    this.#run = run;
    if (isHeard) {
      void this.#start(run);
    }
  }

  pause(): void {
    const run = this.#run;
    if (run === null) {
      return;
    }
    this.#stoppedAt = this.now();
    this.#run = null;
    clearTimeout(run.pump);
    for (const source of run.sources) {
      source.stop();
    }
    if (run.rate > 0) {
      this.#feed.end();
    }
  }

  now(): Microseconds {
    const run = this.#run;
    if (run === null) {
      return this.#stoppedAt;
    }
    if (run.start === null) {
      if (systemTime() - run.pressed < LONGEST_WAIT_SECONDS) {
        return run.from;
      }
      run.start = { clock: 'system', zero: systemTime() };
    }
    return Math.round(run.from + Math.max(0, this.#elapsed(run)) * run.rate * 1e6);
  }

  /** Seconds since the run's `from` was on screen; negative before. */
  #elapsed({ start }: Run): number {
    if (start === null) {
      return 0;
    }
    const context = this.#context;
    return start.clock === 'audio' && context !== null
      ? context.currentTime - latencyOf(context) - start.zero
      : systemTime() - start.zero;
  }

  async #start(run: Run): Promise<void> {
    try {
      const context = await this.#audio();
      const stream = await this.#feed.begin(this.#pieces, run.from);
      if (stream === null || this.#run !== run || context === null) {
        this.#goOn(run);
        return;
      }
      await this.#schedule(run, context, stream);
    } catch {
      this.#goOn(run);
    }
  }

  /** Without sound. */
  #goOn(run: Run): void {
    run.start ??= { clock: 'system', zero: systemTime() };
  }

  /** The audio clock, running; null where the browser gives none. */
  async #audio(): Promise<AudioContext | null> {
    if (this.#context === null) {
      const context = this.#createContext();
      const volume = context.createGain();
      volume.gain.value = this.#muted ? 0 : 1;
      volume.connect(context.destination);
      this.#context = context;
      this.#volume = volume;
    }
    const context = this.#context;
    if (context.state !== 'running') {
      // Without a person's click it never starts: then the system's clock is what there is.
      await Promise.race([
        context.resume(),
        new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_SECONDS * 500)),
      ]);
    }
    return context.state === 'running' ? context : null;
  }

  async #schedule(run: Run, context: AudioContext, stream: SoundStream): Promise<void> {
    while (this.#run === run) {
      if (run.scheduled - this.#elapsed(run) * run.rate > LEAD_SECONDS * Math.max(1, run.rate)) {
        run.pump = setTimeout(() => {
          this.#schedule(run, context, stream).catch(() => {
            this.#goOn(run);
          });
        }, 100);
        return;
      }
      const block = await this.#feed.read();
      if (block === null || this.#run !== run) {
        this.#goOn(run);
        return;
      }
      this.#anchor(run, context);
      this.#place(run, context, stream, block);
    }
  }

  /** From the first block on the audio clock is followed; a picture that went ahead alone is joined where it is. */
  #anchor(run: Run, context: AudioContext): void {
    if (run.start?.clock === 'audio') {
      return;
    }
    const now = context.currentTime;
    const zero = run.start === null ? now + START_SECONDS : now - this.#elapsed(run);
    run.start = { clock: 'audio', zero };
  }

  /** Puts a block on the audio clock; of one that comes late what is left of it is heard. */
  #place(run: Run, context: AudioContext, { sampleRate }: SoundStream, block: SoundBlock): void {
    const frames = block[0]?.length ?? 0;
    const seconds = frames / sampleRate;
    const at = (run.start?.zero ?? 0) + run.scheduled / run.rate;
    run.scheduled += seconds;
    const late = Math.max(0, context.currentTime - at) * run.rate;
    if (frames === 0 || late >= seconds) {
      return;
    }
    const buffer = context.createBuffer(block.length, frames, sampleRate);
    block.forEach((plane, channel) => {
      buffer.copyToChannel(plane, channel);
    });
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.playbackRate.value = run.rate;
    source.connect(this.#volume ?? context.destination);
    run.sources.add(source);
    source.addEventListener('ended', () => {
      run.sources.delete(source);
    });
    source.start(Math.max(at, context.currentTime), late);
  }
}

function systemTime(): number {
  return performance.now() / 1000;
}

/** Not every browser says it. */
function latencyOf({ outputLatency }: AudioContext): number {
  return Number.isFinite(outputLatency) ? outputLatency : 0;
}

/** Speeds that J and L step through; 0 is left out: stopping is K's. */
const RATES = [-4, -2, -1, 0.5, 1, 2, 4];

/** The next speed up (`direction` 1) or down; from a standstill L plays on and J plays back. */
export function nextRate(rate: number, isPlaying: boolean, direction: 1 | -1): number {
  if (!isPlaying) {
    return direction;
  }
  const index = RATES.indexOf(rate);
  return RATES[Math.min(Math.max(index + direction, 0), RATES.length - 1)] ?? 1;
}
