import type { Microseconds, Seconds } from '../base/units.ts';
import type {
  SoundBlock,
  SoundService,
  SoundSource,
  SoundStream,
  SoundStretch,
  WaveformPart,
} from '../protocol/sound.ts';
import { endStream } from './end-stream.ts';
import { openSound, type OpenSound } from './open-sound.ts';
import { lengthOf, type PcmBlock } from './pcm-reader.ts';
import { readPieces, soundFormat } from './sequence-sound.ts';
import { readPeaks } from './sound-peaks.ts';

const READ_SECONDS = 0.5;

type Stream = { readonly blocks: AsyncGenerator<PcmBlock>; readonly frames: number };

/** Decodes sound for playing, one stream at a time, and for waveforms. Files stay open once they were needed. */
export class Sounds implements SoundService {
  readonly #open = new Map<File, Promise<OpenSound | null>>();
  #stream: Stream | null = null;
  /** Counts streams: one that was begun while a newer one opens is forgotten. */
  #begun = 0;

  async begin(pieces: readonly SoundStretch[], from: Microseconds): Promise<SoundStream | null> {
    this.end();
    const mine = this.#begun;
    const opened = await Promise.all(
      pieces.map(async ({ source, from: begin, to }) => {
        const open = source === null ? null : await this.#source(source);
        return { sound: open?.sound ?? null, from: begin, to };
      }),
    );
    const format = soundFormat(opened);
    if (format === null || mine !== this.#begun) {
      return null;
    }
    this.#stream = {
      blocks: readPieces(opened, format, from),
      frames: Math.round(format.sampleRate * READ_SECONDS),
    };
    return format;
  }

  async read(): Promise<SoundBlock | null> {
    const stream = this.#stream;
    if (stream === null) {
      return null;
    }
    const blocks: PcmBlock[] = [];
    for (let frames = 0; frames < stream.frames;) {
      const { done, value } = await stream.blocks.next();
      if (done === true) {
        break;
      }
      blocks.push(value);
      frames += lengthOf(value);
    }
    return blocks.length === 0 || stream !== this.#stream ? null : join(blocks);
  }

  end(): void {
    this.#begun += 1;
    if (this.#stream !== null) {
      endStream(this.#stream.blocks);
      this.#stream = null;
    }
  }

  async waveform(
    source: SoundSource,
    duration: Seconds,
    onPart: (part: WaveformPart) => void,
  ): Promise<void> {
    const open = await this.#source(source);
    if (open !== null) {
      await readPeaks(open.sound, duration, onPart);
    }
  }

  #source({ file, soundStart }: SoundSource): Promise<OpenSound | null> {
    // A file that crosses threads twice is two objects: what it is called and holds says that it is the same.
    const known = [...this.#open.keys()].find((one) => isSame(one, file));
    const opened = this.#open.get(known ?? file) ?? openSound(file, soundStart);
    this.#open.set(known ?? file, opened);
    return opened;
  }
}

function isSame(a: File, b: File): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}

function join(blocks: readonly PcmBlock[]): PcmBlock {
  const total = blocks.reduce((sum, block) => sum + lengthOf(block), 0);
  return (blocks[0] ?? []).map((_, channel) => {
    const plane = new Float32Array(total);
    let at = 0;
    for (const block of blocks) {
      plane.set(block[channel] ?? new Float32Array(0), at);
      at += lengthOf(block);
    }
    return plane;
  });
}
