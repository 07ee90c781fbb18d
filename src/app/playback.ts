import type { Microseconds } from '../base/units.ts';

/**
 * The clock of playing. A hidden <audio> element of the clip's own file gives both sound and time, so that picture
 * follows sound; where the file has no sound, the browser can't play it, or time runs backwards, the system clock does.
 */
export class Playback {
  #audio: HTMLAudioElement | null = null;
  #url: string | null = null;
  /** The element's time at the clip's zero: media elements count from where the earliest track starts. */
  #lead: Microseconds = 0;
  #muted = false;
  #mode: 'stopped' | 'audio' | 'system' = 'stopped';
  #startedAt = 0;
  #startTime: Microseconds = 0;
  #rate = 1;

  /** Takes a new clip; `soundStart` counts from its first shown frame, null (no sound) never makes an element. */
  load(file: File, soundStart: Microseconds | null): void {
    this.unload();
    if (soundStart === null) {
      return;
    }
    this.#lead = Math.max(0, 0 - soundStart);
    this.#url = URL.createObjectURL(file);
    const audio = new Audio();
    audio.preload = 'auto';
    audio.muted = this.#muted;
    audio.src = this.#url;
    audio.addEventListener('error', () => {
      this.#fallBack();
      this.#audio = null;
    });
    audio.addEventListener('ended', () => {
      this.#fallBack();
    });
    this.#audio = audio;
  }

  unload(): void {
    this.pause();
    this.#audio?.removeAttribute('src');
    this.#audio = null;
    if (this.#url !== null) {
      URL.revokeObjectURL(this.#url);
      this.#url = null;
    }
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#audio !== null) {
      this.#audio.muted = muted;
    }
  }

  play(from: Microseconds, rate: number): void {
    this.pause();
    this.#useSystem(from, rate);
    const audio = this.#audio;
    if (audio === null || rate <= 0) {
      return;
    }
    audio.currentTime = (from + this.#lead) / 1e6;
    audio.playbackRate = rate;
    audio.play().then(
      () => {
        if (this.#mode === 'system' && this.#rate === rate && !audio.paused) {
          this.#mode = 'audio';
        }
      },
      () => {
        // Not playable or not allowed: the system clock, already running, stays.
      },
    );
  }

  pause(): void {
    this.#mode = 'stopped';
    this.#audio?.pause();
  }

  now(): Microseconds {
    if (this.#mode === 'audio' && this.#audio !== null) {
      return Math.round(this.#audio.currentTime * 1e6) - this.#lead;
    }
    const elapsed = (performance.now() - this.#startedAt) * 1000 * this.#rate;
    return this.#mode === 'stopped' ? this.#startTime : Math.round(this.#startTime + elapsed);
  }

  /** The sound ended or failed while the picture goes on. */
  #fallBack(): void {
    if (this.#mode === 'audio') {
      this.#useSystem(this.now(), this.#rate);
    }
  }

  #useSystem(from: Microseconds, rate: number): void {
    this.#mode = 'system';
    this.#startTime = from;
    this.#startedAt = performance.now();
    this.#rate = rate;
  }
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
