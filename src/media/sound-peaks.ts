import { checkAborted } from '../base/abort.ts';
import { PEAKS_PER_SECOND, type WaveformPart } from '../protocol/sound.ts';
import type { ClipSound } from './clip-sound.ts';
import { PcmReader } from './pcm-reader.ts';

/** Peaks handed over at once. */
const PEAKS_PER_PART = 500;

/**
 * What a waveform is drawn from, on the clip's clock from 0 to `duration` seconds: streamed, so that memory does not
 * grow with the sound. All channels count.
 */
export async function readPeaks(
  sound: ClipSound,
  duration: number,
  onPart: (part: WaveformPart) => void,
  signal?: AbortSignal,
): Promise<void> {
  const reader = new PcmReader(sound.samples(), 0, sound.sampleRate);
  try {
    const rate = await reader.sampleRate();
    const count = Math.ceil(duration * PEAKS_PER_SECOND);
    const frameAt = (peak: number): number => Math.round((peak * rate) / PEAKS_PER_SECOND);
    for (let from = 0; from < count; from += PEAKS_PER_PART) {
      checkAborted(signal);
      const to = Math.min(count, from + PEAKS_PER_PART);
      const planes = await reader.read(frameAt(to) - frameAt(from), sound.channels);
      const values = new Int8Array((to - from) * 2);
      for (let peak = from; peak < to; peak++) {
        const begin = frameAt(peak) - frameAt(from);
        const end = frameAt(peak + 1) - frameAt(from);
        let low = 0;
        let high = 0;
        for (const plane of planes) {
          for (let i = begin; i < end; i++) {
            const value = plane[i] ?? 0;
            low = value < low ? value : low;
            high = value > high ? value : high;
          }
        }
        values[(peak - from) * 2] = toByte(low);
        values[(peak - from) * 2 + 1] = toByte(high);
      }
      onPart({ from, values });
    }
  } finally {
    reader.stop();
  }
}

function toByte(value: number): number {
  return Math.round(Math.min(1, Math.max(-1, value)) * 127);
}
