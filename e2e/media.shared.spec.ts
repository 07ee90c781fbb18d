import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CorpusOutcome } from './browser/media-corpus.worker.ts';
import type { ClipInfo } from '../src/protocol/media.ts';
import type { ClipReport, RoundTrip } from './browser/media.ts';
import { openHarness, type Harness } from './support/browser.ts';

const CLIPS = fileURLToPath(new URL('../../shared/clips/', import.meta.url));
const CORPUS = fileURLToPath(new URL('../../shared/media-corpus/', import.meta.url));
const MEDIA = 'e2e/browser/media.ts';
const FILE_LIMIT_MS = 60_000;

type Clip = {
  file: string;
  frames: number;
  duration: number;
  display_width: number;
  display_height: number;
  rotation: number;
  vfr: boolean;
  codecs: { video: string; audio: string | null };
};

type Entry = {
  file: string;
  accept: string[];
  audio_expected: string | null;
  shown_size: [number, number] | null;
  frames: number | null;
};

/** The checks load this file without the folder too, hence the guards. */
const clips: readonly Clip[] = existsSync(`${CLIPS}clips.json`)
  ? (JSON.parse(readFileSync(`${CLIPS}clips.json`, 'utf8')) as { clips: Clip[] }).clips
  : [];

const entries: readonly Entry[] = existsSync(`${CORPUS}corpus.json`) ? readEntries() : [];

function readEntries(): Entry[] {
  type Raw = Pick<Entry, 'file' | 'accept' | 'audio_expected'> & {
    ffprobe: {
      shown_size?: [number, number] | null;
      video?: { frames_decoded: number | null } | null;
    } | null;
  };
  const { files } = JSON.parse(readFileSync(`${CORPUS}corpus.json`, 'utf8')) as { files: Raw[] };
  return files.map(({ file, accept, audio_expected, ffprobe }) => ({
    file,
    accept,
    audio_expected,
    shown_size: ffprobe?.shown_size ?? null,
    frames: ffprobe?.video?.frames_decoded ?? null,
  }));
}

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

describe.each(clips)('$file', (clip) => {
  it('opens with the frames, size and times that it has', async () => {
    const name = await harness.provideFile(`${CLIPS}${clip.file}`);
    const { info, times, decoded } = await harness.call<ClipReport>(MEDIA, 'readWhole', name);
    expect(info).toMatchObject({
      width: clip.display_width,
      height: clip.display_height,
      frameCount: clip.frames,
      rotation: clip.rotation,
      videoCodec: clip.codecs.video,
      variableRate: clip.vfr,
      path: 'browser',
    });
    expect(info.audio?.codec ?? null).toBe(clip.codecs.audio);
    expect(decoded).toBe(clip.frames);
    expect(times).toHaveLength(clip.frames);
    expect(times[0]).toBe(0);
    // The header's duration counts the sound as well, which may be a little longer.
    const frameTime = info.duration / clip.frames;
    expect(Math.abs(info.duration - clip.duration * 1e6)).toBeLessThan(frameTime + 60_000);
  });
});

describe('exports', () => {
  it.each([
    { file: 'juggle-portrait-rotated.mp4', container: 'auto', onsets: 4 },
    { file: 'coffee-vfr.mp4', container: 'auto', onsets: 6 },
    { file: 'coffee-vfr.mp4', container: 'webm', onsets: 6 },
    { file: 'meadow-vp9.webm', container: 'webm', onsets: 1 },
    { file: 'sign-5frames.mkv', container: 'mp4', onsets: 0 },
  ])('$file as $container keeps frames, times, size and sound', async (given) => {
    const name = await harness.provideFile(`${CLIPS}${given.file}`);
    const trip = await harness.call<RoundTrip>(MEDIA, 'roundTrip', name, given.container);
    expect(trip.result).toMatchObject({
      width: trip.source.width,
      height: trip.source.height,
      frameCount: trip.source.frameCount,
    });
    const tick = trip.plan.container === 'webm' ? 1000 : 1e6 / 57_600;
    expect(trip.timeError).toBeLessThanOrEqual(tick / 2 + 1);
    const frameTime = trip.source.duration / trip.source.frameCount;
    expect(Math.abs(trip.result.duration - trip.source.duration)).toBeLessThan(frameTime);
    expect(trip.meanDifference).toBeLessThan(5);
    expect(Math.max(...trip.bias.map(Math.abs))).toBeLessThan(1.5);
    expect(trip.result.audio === null).toBe(trip.source.audio === null);
    expect(trip.sourceOnsets).toHaveLength(given.onsets);
    expect(trip.resultOnsets).toHaveLength(given.onsets);
    const lag = given.onsets > 0 ? trip.soundLag : 0;
    expect(Math.abs(lag ?? Number.NaN)).toBeLessThanOrEqual(0.02);
  });

  it.each([
    { file: 'audio-late.mp4', container: 'mp4', handling: 'copied' },
    { file: 'pcm-big-endian.mp4', container: 'mp4', handling: 'copied' },
    { file: 'vp9-vorbis-51.webm', container: 'mp4', handling: 'transcoded' },
    { file: 'h264-ac3.mkv', container: 'mp4', handling: 'copied' },
    { file: 'h264-ac3.mkv', container: 'webm', handling: 'transcoded' },
    { file: 'h264-mp2.ts', container: 'mp4', handling: 'transcoded' },
    { file: 'prores.mov', container: 'mp4', handling: 'transcoded' },
  ])('$file as $container: its sound is $handling', async (given) => {
    const name = await harness.provideFile(`${CORPUS}${given.file}`);
    const trip = await harness.call<RoundTrip>(MEDIA, 'roundTrip', name, given.container);
    expect(trip.plan.audioHandling).toBe(given.handling);
    expect(trip.result.audio?.codec).toBe(trip.plan.audioCodec);
    expect(trip.result.frameCount).toBe(trip.source.frameCount);
    const [before = null, after = null] = trip.soundStarts;
    expect(Math.abs((after ?? 9) - (before ?? 0))).toBeLessThan(0.03);
    expect(Math.abs(trip.soundLag ?? 0)).toBeLessThanOrEqual(0.02);
  });

  it('finds every numbered frame, whichever way it is asked for', async () => {
    const name = await harness.provideFile(`${CORPUS}numbered-frames.webm`);
    const order = [99, 0, 50, 51, 52, 13, 98, 3];
    const differences = await harness.call<number[]>(MEDIA, 'compareSeeks', name, order);
    expect(differences).toEqual(order.map(() => 0));
  });
});

/** Frames that a browser conceals where ffmpeg drops them. */
const CONCEALED: Readonly<Record<string, number>> = { 'invalid-nal.mp4': 30 };

function factsOf(info: ClipInfo) {
  return {
    size: [info.width, info.height],
    frames: info.frameCount,
    hasSound: info.audio !== null,
    tellsOfSound: info.notices.some((notice) => notice.includes('sound')),
  };
}

function expectedOf(entry: Entry, info: ClipInfo): ReturnType<typeof factsOf> {
  const unreadable = entry.audio_expected === 'not-decodable';
  const foreign = entry.audio_expected === 'ffmpeg-only' && info.path === 'browser';
  return {
    size: [...(entry.shown_size ?? [])],
    frames: CONCEALED[entry.file] ?? entry.frames ?? 0,
    hasSound: entry.audio_expected !== null && !unreadable,
    tellsOfSound: unreadable || foreign,
  };
}

describe('media corpus', () => {
  it.each(entries)('$file comes out as expected', async (entry) => {
    const name = await harness.provideFile(`${CORPUS}${entry.file}`);
    const { outcome, message, info } = await harness.call<CorpusOutcome>(
      'e2e/browser/media-corpus.ts',
      'inspectFile',
      name,
      FILE_LIMIT_MS,
    );
    expect({ message, isAccepted: entry.accept.includes(outcome) }).toEqual({
      message,
      isAccepted: true,
    });
    expect(message).toMatch(
      info === null ? /^This (file|video) / : /^[a-z0-9]+ \d+x\d+, \d+ frames/,
    );
    expect(info === null ? null : factsOf(info)).toEqual(
      info === null ? null : expectedOf(entry, info),
    );
  });
});
