import { describe, expect, it } from 'vitest';
import { PcmReader, type DecodedSound, type PcmBlock } from './pcm-reader.ts';
import { Resampler } from './resampler.ts';
import { readPieces, soundFormat, type SoundPiece } from './sequence-sound.ts';
import type { ClipSound } from './clip-sound.ts';

/** A decoder's samples of a signal: `frames` long each, stamps rounded to microseconds as decoders do. */
async function* decoded(
  signal: (frame: number) => number,
  options: { rate: number; from: number; to: number; frames?: number; closed?: { count: number } },
): AsyncGenerator<DecodedSound> {
  const { rate, from, to, frames = 1024 } = options;
  for (let first = from; first < to; first += frames) {
    await Promise.resolve();
    const count = Math.min(frames, to - first);
    yield {
      timestamp: Math.round((first / rate) * 1e6) / 1e6,
      sampleRate: rate,
      numberOfFrames: count,
      numberOfChannels: 1,
      copyTo: (target) => {
        (target as Float32Array).set(
          Float32Array.from({ length: count }, (_, i) => signal(first + i)),
        );
      },
      close: () => {
        if (options.closed !== undefined) {
          options.closed.count++;
        }
      },
    };
  }
}

const ramp = (frame: number): number => frame / 100_000;

function first(block: PcmBlock): number[] {
  return [...(block[0] ?? [])];
}

describe('PCM of decoded samples', () => {
  it('starts at the frame asked for, joins rounded stamps, closes every sample', async () => {
    const closed = { count: 0 };
    const samples = decoded(ramp, { rate: 44_100, from: 0, to: 20_000, closed });
    const reader = new PcmReader(samples, 5000 / 44_100, 48_000);
    expect(await reader.sampleRate()).toBe(44_100);
    const got = [...first(await reader.read(700, 2)), ...first(await reader.read(9000, 2))];
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(ramp(5000 + i), 6);
    });
    reader.stop();
    expect(closed.count).toBe(Math.ceil((5000 + 9700) / 1024));
  });

  it('is silent before late sound, in gaps and after the end', async () => {
    const samples = decoded(() => 1, { rate: 1000, from: 100, to: 200, frames: 50 });
    const block = first(await new PcmReader(samples, 0, 1000).read(300, 1));
    expect(block.map((value, i) => value === (i >= 100 && i < 200 ? 1 : 0)).every(Boolean)).toBe(
      true,
    );
  });
});

describe('resampler', () => {
  it('keeps a tone’s level and phase from 44.1 to 48 kHz, in blocks of any size', async () => {
    const tone = (frame: number): number => Math.sin((2 * Math.PI * 1000 * frame) / 44_100);
    const source = new PcmReader(decoded(tone, { rate: 44_100, from: 0, to: 44_100 }), 0, 44_100);
    const resampler = new Resampler(source, 1, 44_100, 48_000);
    const out: number[] = [];
    for (const count of [1, 100, 4800, 777]) {
      out.push(...first(await resampler.read(count)));
    }
    for (let i = 100; i < out.length; i++) {
      expect(out[i]).toBeCloseTo(Math.sin((2 * Math.PI * 1000 * i) / 48_000), 2);
    }
  });

  it('takes away what the lower rate can’t hold', async () => {
    const tone = (frame: number): number => Math.sin((2 * Math.PI * 15_000 * frame) / 48_000);
    const source = new PcmReader(decoded(tone, { rate: 48_000, from: 0, to: 48_000 }), 0, 48_000);
    const out = first(await new Resampler(source, 1, 48_000, 16_000).read(4000));
    expect(Math.max(...out.slice(200).map(Math.abs))).toBeLessThan(0.02);
  });
});

/** A clip's sound that remembers from where it was decoded. */
function soundOf(signal: (frame: number) => number, rate: number, seconds: number): ClipSound {
  return {
    codec: null,
    name: 'test',
    channels: 1,
    sampleRate: rate,
    start: 0,
    canDecode: () => Promise.resolve(true),
    decoderConfig: () => Promise.resolve(null),
    packets: () => {
      throw new Error('no packets');
    },
    samples: (from = 0) =>
      decoded(signal, {
        rate,
        from: Math.floor((from * rate) / 1024) * 1024,
        to: seconds * rate,
      }) as ReturnType<ClipSound['samples']>,
    reencoded: () => Promise.reject(new Error('not here')),
  };
}

async function collect(pieces: readonly SoundPiece[], start = 0): Promise<number[]> {
  const format = soundFormat(pieces);
  const out: number[] = [];
  if (format !== null) {
    for await (const block of readPieces(pieces, format, start)) {
      out.push(...first(block));
    }
  }
  return out;
}

describe('sound of pieces', () => {
  const rate = 48_000;
  const a = soundOf(ramp, rate, 3);
  const b = soundOf((frame) => -ramp(frame), rate, 3);
  // 29.97 frames per second: ends are not on samples.
  const pieces: SoundPiece[] = [
    { sound: a, from: 1_001_000, to: 1_101_100 },
    { sound: b, from: 0, to: 33_367 },
    { sound: null, from: 0, to: 100_000 },
    { sound: a, from: 200_200, to: 300_300 },
  ];

  it('puts each piece’s first sample at its first frame, and is as long as the pieces', async () => {
    const out = await collect(pieces);
    const at = (time: number): number => Math.round((time * rate) / 1e6);
    expect(out).toHaveLength(at(100_100 + 33_367 + 100_000 + 100_100));
    expect(out[0]).toBeCloseTo(ramp(at(1_001_000)), 4);
    const second = at(100_100);
    expect(out[second - 1]).toBeCloseTo(ramp(at(1_001_000) + second - 1), 4);
    expect(out[second]).toBeCloseTo(0, 4);
    expect(out[second + 100]).toBeCloseTo(-ramp(100), 4);
    const silent = at(133_467);
    expect(out.slice(silent, at(233_467)).every((value) => value === 0)).toBe(true);
    expect(out[at(233_467)]).toBeCloseTo(ramp(at(200_200)), 4);
  });

  it('plays from the middle exactly what lies there', async () => {
    const whole = await collect(pieces);
    const start = 120_000;
    const rest = await collect(pieces, start);
    const cut = Math.round((start * rate) / 1e6);
    expect(rest).toHaveLength(whole.length - cut);
    for (let i = 0; i < rest.length; i += 97) {
      expect(rest[i]).toBeCloseTo(whole[cut + i] ?? Number.NaN, 3);
    }
  });
});
