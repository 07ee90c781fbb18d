import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
  type VideoCodec,
} from 'mediabunny';

export type Recipe = {
  readonly width: number;
  readonly height: number;
  /** Presentation times in seconds. */
  readonly times: readonly number[];
  readonly lastDuration: number;
  readonly codec: VideoCodec;
  readonly container: 'mp4' | 'webm';
  readonly rotation?: 0 | 90 | 180 | 270;
  readonly flip?: boolean;
  /** Shown width where pixels aren't square. */
  readonly shownWidth?: number;
  readonly sound?: Beeps;
};

/** Seconds of sound from 0 on, with a beep at each of these times. */
export type Beeps = { readonly seconds: number; readonly beeps: readonly number[] };

/** Grey level of the middle square of frame `index`: it tells frames apart after coding. */
export function markOf(index: number): number {
  return 20 + (index % 12) * 18;
}

/** A clip of four coloured corners (red, green, blue, white as read) around a grey square that numbers the frame. */
export async function makeMedia(recipe: Recipe): Promise<File> {
  const output = new Output({
    format:
      recipe.container === 'mp4'
        ? new Mp4OutputFormat({ fastStart: 'in-memory' })
        : new WebMOutputFormat(),
    target: new BufferTarget(),
  });
  const pictures = new VideoSampleSource({
    codec: recipe.codec,
    quality: new Quality({ bitrate: 2_000_000 }),
    keyFrameInterval: 0.5,
  });
  output.addVideoTrack(pictures, { rotation: recipe.rotation ?? 0, flip: recipe.flip ?? false });
  const sound =
    recipe.sound === undefined
      ? null
      : new AudioSampleSource({ codec: 'opus', quality: new Quality({ bitrate: 96_000 }) });
  if (sound !== null) {
    output.addAudioTrack(sound);
  }
  await output.start();
  if (sound !== null && recipe.sound !== undefined) {
    await sound.add(makeBeeps(recipe.sound));
    sound.close();
  }
  for (const [index, time] of recipe.times.entries()) {
    const next = recipe.times[index + 1] ?? time + recipe.lastDuration;
    const sample = new VideoSample(readPixels(drawFrame(recipe.width, recipe.height, index)), {
      format: 'RGBX',
      codedWidth: recipe.width,
      codedHeight: recipe.height,
      timestamp: time,
      duration: next - time,
      ...(recipe.shownWidth === undefined
        ? {}
        : { displayWidth: recipe.shownWidth, displayHeight: recipe.height }),
    });
    await pictures.add(sample);
    sample.close();
  }
  await output.finalize();
  return toFile(output.target.buffer, `made.${recipe.container}`);
}

function toFile(bytes: ArrayBuffer | null, name: string): File {
  if (bytes === null) {
    throw new Error('nothing was encoded');
  }
  return new File([bytes], name);
}

export function drawFrame(width: number, height: number, index: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) {
    throw new Error('no 2D context');
  }
  const corners = ['#d02020', '#20b020', '#2030d0', '#f0f0f0'];
  for (const [i, colour] of corners.entries()) {
    context.fillStyle = colour;
    context.fillRect((i % 2) * (width / 2), (i >> 1) * (height / 2), width / 2, height / 2);
  }
  const level = markOf(index);
  context.fillStyle = `rgb(${level} ${level} ${level})`;
  context.fillRect(width * 0.35, height * 0.35, width * 0.3, height * 0.3);
  return canvas;
}

function readPixels(canvas: OffscreenCanvas): Uint8ClampedArray<ArrayBuffer> {
  const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
  if (image === undefined) {
    throw new Error('no 2D context');
  }
  return image.data;
}

export function makeBeeps(sound: Beeps): AudioSample {
  const rate = 48_000;
  const data = new Float32Array(Math.round(sound.seconds * rate));
  for (const beep of sound.beeps) {
    const from = Math.round(beep * rate);
    for (let i = from; i < Math.min(data.length, from + rate / 10); i++) {
      data[i] = 0.5 * Math.sin((2 * Math.PI * 1000 * (i - from)) / rate);
    }
  }
  return new AudioSample({
    data,
    format: 'f32',
    numberOfChannels: 1,
    sampleRate: rate,
    timestamp: 0,
  });
}

/** An MP4 with sound and nothing else. */
export async function makeSoundOnly(): Promise<File> {
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const sound = new AudioSampleSource({ codec: 'opus', quality: new Quality({ bitrate: 96_000 }) });
  output.addAudioTrack(sound);
  await output.start();
  await sound.add(makeBeeps({ seconds: 1, beeps: [0.5] }));
  await output.finalize();
  return toFile(output.target.buffer, 'sound.mp4');
}

/** Motion JPEG in AVI, which no browser plays: RIFF chunks around JPEG pictures, 25 frames per second. */
export async function makeAvi(width: number, height: number, frames: number): Promise<File> {
  const jpegs: Uint8Array[] = [];
  for (let i = 0; i < frames; i++) {
    const blob = await drawFrame(width, height, i).convertToBlob({
      type: 'image/jpeg',
      quality: 0.95,
    });
    jpegs.push(new Uint8Array(await blob.arrayBuffer()));
  }
  const mainHeader = words([40_000, 0, 0, 0x10, frames, 0, 1, 0, width, height, 0, 0, 0, 0]);
  const streamHeader = join([
    text('vidsMJPG'),
    words([0, 0, 0, 1, 25, 0, frames, 0, 0xffff_ffff, 0, 0, 0]),
  ]);
  const format = join([
    words([40, width, height, 1 | (24 << 16)]),
    text('MJPG'),
    words([width * height * 3, 0, 0, 0, 0]),
  ]);
  const stream = list('strl', [chunk('strh', streamHeader), chunk('strf', format)]);
  const movie = list(
    'movi',
    jpegs.map((jpeg) => chunk('00dc', jpeg)),
  );
  const body = join([text('AVI '), list('hdrl', [chunk('avih', mainHeader), stream]), movie]);
  return new File([chunk('RIFF', body)], 'made.avi');
}

function chunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return join([text(name), words([data.length]), data, new Uint8Array(data.length % 2)]);
}

function list(name: string, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return chunk('LIST', join([text(name), ...parts]));
}

function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function text(value: string): Uint8Array {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0));
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
