import { ALL_FORMATS, BlobSource, Input } from 'mediabunny';
import type { Disposable } from '../base/disposal.ts';
import { AppError } from '../base/error.ts';
import type { Microseconds } from '../base/units.ts';
import type { ClipSound } from './clip-sound.ts';
import { describeSound } from './track-sound.ts';

const READ_CACHE_BYTES = 4 * 1024 * 1024;

export type OpenSound = Disposable & { readonly sound: ClipSound };

/**
 * The sound of a file alone, without scanning its pictures, for playing and for the waveform. `soundStart` is what the
 * opened clip said: microseconds from its first shown frame. Null where this browser can't decode it.
 */
export async function openSound(file: Blob, soundStart: Microseconds): Promise<OpenSound | null> {
  const input = new Input({
    formats: ALL_FORMATS,
    source: new BlobSource(file, { maxCacheSize: READ_CACHE_BYTES }),
  });
  const sound = await readSound(input, soundStart).catch(() => null);
  if (sound === null || !(await sound.canDecode())) {
    input.dispose();
    return null;
  }
  return {
    sound,
    dispose: () => {
      input.dispose();
    },
  };
}

async function readSound(input: Input, soundStart: Microseconds): Promise<ClipSound | null> {
  const track = await input.getPrimaryAudioTrack();
  const first = track === null ? null : await track.getFirstTimestamp();
  if (track === null || first === null) {
    return null;
  }
  // The first heard sound stands at `soundStart` on the clip's clock, which gives the clip's zero on the file's.
  const origin = Math.max(0, first) - soundStart / 1e6;
  return await describeSound(track, origin, () =>
    Promise.reject(new AppError('media/fallback-failed', 'Playing needs no other decoder.')),
  );
}
