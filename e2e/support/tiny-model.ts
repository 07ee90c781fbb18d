import { DiffusionModel } from '../../src/engine/model.ts';
import { openPackage } from '../../src/engine/package.ts';
import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import { memorySource } from '../../src/engine/testing/memory-source.ts';
import { compileCheckpoint } from '../../src/models/compile.ts';
import type { Manifest } from '../../src/models/manifest.ts';
import { MemorySink } from '../../src/models/package-sink.ts';
import { filesSource, tinyCheckpoint } from '../../src/models/testing/tiny-checkpoint.ts';

/** 8 x 8 latents. */
const SIZE = { width: 64, height: 64 };

/** A package of random weights, compiled and loaded, with a prompt; the caller owns it. */
export async function loadTinyModel(
  runtime: TensorRuntime,
  conditioning: Manifest['conditioning'],
): Promise<DiffusionModel> {
  const sink = new MemorySink();
  const source = filesSource(tinyCheckpoint(conditioning));
  await compileCheckpoint(source, sink, { id: 'tiny', quantisation: 'f32' });
  const { signal } = new AbortController();
  const opened = await openPackage(memorySource('tiny', Object.fromEntries(sink.files)), signal);
  const options = { runtime, package: opened, size: SIZE, clock: new StageClock() };
  const model = await DiffusionModel.load(options, signal, () => {});
  await model.setPrompt({ prompt: '!', negative: '! !' });
  return model;
}
