import { expose, releaseProxy, type Remote } from 'comlink';
import { Sounds } from '../media/sound-service.ts';
import { toRemote } from '../protocol/remote.ts';
import type { SoundSource, WaveformPart } from '../protocol/sound.ts';

type OnPart = (part: WaveformPart) => void;

/** Hands the callback's port back when a waveform is sent. */
class WorkerSounds extends Sounds {
  override async waveform(source: SoundSource, duration: number, onPart: OnPart): Promise<void> {
    const remote = onPart as OnPart & Partial<Remote<OnPart>>;
    try {
      await super.waveform(source, duration, onPart);
    } finally {
      remote[releaseProxy]?.();
    }
  }
}

expose(toRemote(new WorkerSounds()));
