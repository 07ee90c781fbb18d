import {
  AudioSampleSource,
  EncodedAudioPacketSource,
  type AudioSource,
  type AudioSample,
  type EncodedPacket,
} from 'mediabunny';
import { assert } from '../base/assert.ts';
import type { ClipSound } from './clip-sound.ts';
import { endStream } from './end-stream.ts';
import type { SoundPlan } from './writer-plan.ts';

/** Moves the sound of a clip into an output, a stretch at a time, so that it stays beside the picture. */
export interface SoundPump {
  readonly source: AudioSource;
  /** Writes everything that starts before `seconds` on the output's clock; `Infinity` writes the rest and closes. */
  advance(seconds: number): Promise<void>;
  stop(): void;
}

/** `offset` is added to the clip's clock to get the output's, in seconds. */
export function createSoundPump(sound: ClipSound, plan: SoundPlan, offset: number): SoundPump {
  assert(plan.handling !== 'none', 'a sound pump needs sound');
  if (plan.handling !== 'transcoded') {
    const source = new EncodedAudioPacketSource(plan.codec);
    let first = true;
    return makePump(source, sound.packets(), async (packet: EncodedPacket) => {
      const config = first ? await sound.decoderConfig() : null;
      first = false;
      await source.add(
        packet.clone({ timestamp: packet.timestamp + offset }),
        config === null ? undefined : { decoderConfig: config },
      );
    });
  }
  const source = new AudioSampleSource({
    codec: plan.codec,
    quality: plan.quality,
    transform: { numberOfChannels: plan.channels, sampleRate: plan.sampleRate },
  });
  return makePump(
    source,
    sound.samples(),
    async (sample: AudioSample) => {
      try {
        sample.setTimestamp(sample.timestamp + offset);
        await source.add(sample);
      } finally {
        sample.close();
      }
    },
    offset,
  );
}

function makePump<Item extends { readonly timestamp: number }>(
  source: AudioSource,
  items: AsyncGenerator<Item>,
  write: (item: Item) => Promise<void>,
  offset = 0,
): SoundPump {
  let ended = false;
  let reached = -Infinity;
  return {
    source,
    advance: async (seconds) => {
      while (!ended && reached < seconds) {
        const result = await items.next();
        if (result.done === true) {
          ended = true;
          source.close();
          return;
        }
        reached = result.value.timestamp + offset;
        await write(result.value);
      }
    },
    stop: () => {
      ended = true;
      endStream(items);
    },
  };
}
