import {
  Output,
  StreamTarget,
  VideoSample,
  VideoSampleSource,
  type StreamTargetChunk,
} from 'mediabunny';
import { checkAborted } from '../base/abort.ts';
import { assert } from '../base/assert.ts';
import { AppError, toAppError } from '../base/error.ts';
import type { Microseconds } from '../base/units.ts';
import type { ClipInfo, Picture } from '../protocol/media.ts';
import type { ClipSound } from './clip-sound.ts';
import { createSoundPump, type SoundPump } from './sound-pump.ts';
import {
  describePlan,
  makeFormat,
  planSound,
  planVideo,
  ticksPerSecond,
  type Container,
  type SoundPlan,
  type WriterPlan,
} from './writer-plan.ts';

const KEY_FRAME_SECONDS = 2;
/** How far the sound may be written ahead of the picture. */
const SOUND_LEAD_SECONDS = 1;
const CHUNK_BYTES = 4 * 1024 * 1024;
const REMOVE_TRIES = 10;

/** What is written: a clip as it is, or a sequence of pieces. */
export type WriterSource = {
  readonly info: Pick<ClipInfo, 'width' | 'height' | 'frameRate'>;
  readonly sound: ClipSound | null;
};

/** Writes pictures and the source's sound as one file, streaming; nothing whole is kept in memory. */
export interface ClipWriter {
  readonly plan: WriterPlan;
  /** Adds the next picture in order; resolves when there is room for another. Throws and cleans up on failure. */
  add(picture: Picture, time: Microseconds, duration: Microseconds): Promise<void>;
  finish(): Promise<{ bytes: number }>;
  /** Ends without a file: what was written is dropped, and a target that was empty before is removed. */
  cancel(): Promise<void>;
}

/**
 * Starts an export of `source`'s size and sound into `target`. Times passed to `add` are those of the source's frames;
 * where the source's sound starts before its picture, the file keeps that distance.
 */
export async function createClipWriter(options: {
  source: WriterSource;
  target: FileSystemFileHandle;
  container: 'auto' | 'mp4' | 'webm';
  signal?: AbortSignal;
}): Promise<ClipWriter> {
  const { source, target, signal } = options;
  checkAborted(signal);
  const video = await planVideo(source.info, options.container);
  const { plan: sound, track } = await prepareSound(source.sound, video.container);
  const ticks = ticksPerSecond(video.container);
  const early = Math.max(0, -(track?.start ?? 0));
  const offset = Math.round(early * ticks) / ticks;
  const file = await DiskFile.open(target);
  const output = new Output({
    format: makeFormat(video.container),
    target: new StreamTarget(file.stream, { chunked: true, chunkSize: CHUNK_BYTES }),
  });
  const pictures = new VideoSampleSource({
    codec: video.codec,
    quality: video.quality,
    keyFrameInterval: KEY_FRAME_SECONDS,
    latencyMode: 'quality',
  });
  output.addVideoTrack(pictures);
  const pump = track === null ? null : createSoundPump(track, sound, offset);
  if (pump !== null) {
    output.addAudioTrack(pump.source);
  }
  const writer = new MediabunnyClipWriter({
    plan: describePlan(video, sound),
    size: source.info,
    output,
    pictures,
    pump,
    file,
    offset,
    signal,
  });
  await writer.start();
  return writer;
}

/** Decides what happens to the sound and finds who delivers it. Sound that nothing can read costs only itself. */
async function prepareSound(
  sound: ClipSound | null,
  container: Container,
): Promise<{ plan: SoundPlan; track: ClipSound | null }> {
  const plan = await planSound(sound, container);
  if (sound === null || plan.handling !== 'reencoded') {
    return { plan, track: plan.handling === 'none' ? null : sound };
  }
  try {
    const track = await sound.reencoded(plan.codec);
    await track.decoderConfig();
    return { plan, track };
  } catch {
    const notice = `The ${sound.name} sound can’t be read: the export has none.`;
    return { plan: { handling: 'none', notices: [notice] }, track: null };
  }
}

type WriterParts = {
  readonly plan: WriterPlan;
  readonly size: { readonly width: number; readonly height: number };
  readonly output: Output;
  readonly pictures: VideoSampleSource;
  readonly pump: SoundPump | null;
  readonly file: DiskFile;
  /** Seconds from the output's zero to the first picture. */
  readonly offset: number;
  readonly signal: AbortSignal | undefined;
};

class MediabunnyClipWriter implements ClipWriter {
  readonly plan: WriterPlan;
  readonly #parts: WriterParts;
  #ended = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.plan = parts.plan;
  }

  start(): Promise<void> {
    return this.#guard(() => this.#parts.output.start());
  }

  add(picture: Picture, time: Microseconds, duration: Microseconds): Promise<void> {
    return this.#guard(async () => {
      const { size, offset, pictures, pump } = this.#parts;
      assert(
        picture.width === size.width && picture.height === size.height,
        `a picture of ${picture.width} x ${picture.height} in a clip of ${size.width} x ${size.height}`,
      );
      const seconds = time / 1e6 + offset;
      const sample = new VideoSample(picture.data, {
        format: 'RGBX',
        codedWidth: picture.width,
        codedHeight: picture.height,
        timestamp: seconds,
        duration: duration / 1e6,
      });
      try {
        await pictures.add(sample);
      } finally {
        sample.close();
      }
      await pump?.advance(seconds + SOUND_LEAD_SECONDS);
    });
  }

  finish(): Promise<{ bytes: number }> {
    return this.#guard(async () => {
      const { output, pictures, pump, file } = this.#parts;
      pictures.close();
      await pump?.advance(Infinity);
      await output.finalize();
      const bytes = await file.commit();
      this.#ended = true;
      return { bytes };
    });
  }

  async cancel(): Promise<void> {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#parts.pump?.stop();
    await this.#parts.output.cancel().catch(() => undefined);
    await this.#parts.file.discard();
  }

  /** Runs one step; if it fails or the job was aborted, nothing is left behind. */
  async #guard<T>(step: () => Promise<T>): Promise<T> {
    try {
      checkAborted(this.#parts.signal);
      if (this.#ended) {
        throw new AppError('media/encode-failed', 'The export has already ended.');
      }
      return await step();
    } catch (error) {
      await this.cancel();
      throw toAppError(error, 'media/encode-failed');
    }
  }
}

/** A file that appears only when it is complete. */
class DiskFile {
  readonly stream: WritableStream<StreamTargetChunk>;
  readonly #handle: FileSystemFileHandle;
  readonly #writable: FileSystemWritableFileStream;
  readonly #wasEmpty: boolean;

  private constructor(
    handle: FileSystemFileHandle,
    writable: FileSystemWritableFileStream,
    wasEmpty: boolean,
  ) {
    this.#handle = handle;
    this.#writable = writable;
    this.#wasEmpty = wasEmpty;
    // The muxer closes its stream even when it is cancelled; closing the file is this class's decision.
    this.stream = new WritableStream({
      write: (chunk) => writable.write(chunk),
    });
  }

  static async open(handle: FileSystemFileHandle): Promise<DiskFile> {
    try {
      const wasEmpty = (await handle.getFile()).size === 0;
      return new DiskFile(handle, await handle.createWritable(), wasEmpty);
    } catch (error) {
      throw toAppError(error, 'cli/output');
    }
  }

  async commit(): Promise<number> {
    await this.#writable.close();
    return (await this.#handle.getFile()).size;
  }

  async discard(): Promise<void> {
    await this.#writable.abort().catch(() => undefined);
    // The browser lets go of an aborted file a moment later: until then it can't be removed.
    for (let tries = 0; this.#wasEmpty && tries < REMOVE_TRIES; tries++) {
      if (await removeFile(this.#handle)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20 * (tries + 1)));
    }
  }
}

/** Chrome's handles can remove themselves; elsewhere an empty file stays. */
async function removeFile(handle: FileSystemFileHandle): Promise<boolean> {
  const removable = handle as FileSystemFileHandle & { remove?: () => Promise<void> };
  try {
    await removable.remove?.();
    return true;
  } catch {
    return false;
  }
}
