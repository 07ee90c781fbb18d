import type { AudioSample } from 'mediabunny';
import { endStream } from './end-stream.ts';

/** Sound as numbers: one array per channel, all equally long, -1 to 1. */
export type PcmBlock = readonly Float32Array<ArrayBuffer>[];

/** A decoder whose samples follow each other within this many frames follows without a gap: times are rounded. */
const JOIN_SLACK_FRAMES = 4;

/** The part of a decoded sample that is needed here. */
export type DecodedSound = Pick<
  AudioSample,
  'timestamp' | 'sampleRate' | 'numberOfFrames' | 'numberOfChannels' | 'copyTo' | 'close'
>;

/**
 * Decoded samples as one unbroken stream that begins at a time: what lies before it is dropped, gaps and what comes
 * after the last sample are silence. The rate is that of the first sample; `fallbackRate` where there is none.
 */
export class PcmReader {
  readonly #samples: AsyncGenerator<DecodedSound>;
  readonly #start: number;
  readonly #fallbackRate: number;
  #rate = 0;
  /** Frames handed out so far. */
  #position = 0;
  #pending: { readonly block: PcmBlock; readonly at: number } | null = null;
  /** Where the next sample continues if it does. */
  #next = Number.NaN;
  #ended = false;

  /** `start` in seconds on the samples' clock. */
  constructor(samples: AsyncGenerator<DecodedSound>, start: number, fallbackRate: number) {
    this.#samples = samples;
    this.#start = start;
    this.#fallbackRate = fallbackRate;
  }

  /** Frames per second of what `read` gives. */
  async sampleRate(): Promise<number> {
    if (this.#rate === 0) {
      await this.#fill();
    }
    return this.#rate === 0 ? this.#fallbackRate : this.#rate;
  }

  /** The next `count` frames, `channels` of them side by side; mono is heard in the first two. */
  async read(count: number, channels: number): Promise<PcmBlock> {
    const planes = Array.from({ length: channels }, () => new Float32Array(count));
    const from = this.#position;
    const to = from + count;
    while (await this.#fill()) {
      const pending = this.#pending;
      if (pending === null || pending.at >= to) {
        break;
      }
      copyInto(planes, pending, from);
      if (pending.at + lengthOf(pending.block) > to) {
        break;
      }
      this.#pending = null;
    }
    this.#position = to;
    return planes;
  }

  stop(): void {
    this.#ended = true;
    this.#pending = null;
    endStream(this.#samples);
  }

  /** Makes sure that a sample is pending; false at the end. */
  async #fill(): Promise<boolean> {
    while (this.#pending === null && !this.#ended) {
      const { done, value } = await this.#samples.next();
      if (done === true) {
        this.#ended = true;
        break;
      }
      this.#take(value);
    }
    return this.#pending !== null;
  }

  #take(sample: DecodedSound): void {
    try {
      this.#rate ||= sample.sampleRate;
      const exact = Math.round((sample.timestamp - this.#start) * this.#rate);
      const at = Math.abs(exact - this.#next) <= JOIN_SLACK_FRAMES ? this.#next : exact;
      this.#next = at + sample.numberOfFrames;
      if (this.#next > this.#position) {
        this.#pending = { block: planesOf(sample), at };
      }
    } finally {
      sample.close();
    }
  }
}

function planesOf(sample: DecodedSound): PcmBlock {
  return Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(sample.numberOfFrames);
    sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
    return plane;
  });
}

function copyInto(
  planes: PcmBlock,
  { block, at }: { readonly block: PcmBlock; readonly at: number },
  from: number,
): void {
  const begin = Math.max(at, from);
  const end = Math.min(at + lengthOf(block), from + lengthOf(planes));
  planes.forEach((plane, channel) => {
    const source = sourceFor(block, planes.length, channel);
    if (source !== undefined && end > begin) {
      plane.set(source.subarray(begin - at, end - at), begin - from);
    }
  });
}

/** Mono is heard on both sides; a channel that the source lacks is silent. */
function sourceFor(block: PcmBlock, channels: number, channel: number): Float32Array | undefined {
  return block.length === 1 && channels > 1 && channel < 2 ? block[0] : block[channel];
}

export function lengthOf(block: PcmBlock): number {
  return block[0]?.length ?? 0;
}
