import { must } from '../../src/base/assert.ts';
import { createTokenizer } from '../../src/diffusion/tokenizer.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import type { Source, Term } from '../../src/diffusion/schedulers/config.ts';
import { toSchedulerConfig } from '../../src/engine/scheduler-config.ts';
import { DiffusionModel } from '../../src/engine/model.ts';
import { createHttpSource } from '../../src/engine/package-source.ts';
import { openPackage } from '../../src/engine/package.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import { blobSource } from '../../src/models/reading/byte-source.ts';
import { Safetensors } from '../../src/models/reading/safetensors.ts';
import { harnessFile } from './files.ts';

const never = new AbortController().signal;

export type ReferenceReport = {
  readonly idsEqual: boolean;
  readonly timestepsEqual: boolean;
  /** Signal-to-noise ratio in dB of each of our results against PyTorch's float32. */
  readonly snr: Readonly<Record<string, number>>;
};

/**
 * A package against the reference that `training/write_reference.py` wrote for its checkpoint: the same picture,
 * prompt, noise and mask through every part, and the whole four-step run.
 */
export async function compareWithReference(
  model: string,
  fileName: string,
): Promise<ReferenceReport> {
  const file = await Safetensors.open(blobSource(fileName, harnessFile(fileName)));
  const entry = (name: string) => must(file.header.tensors.get(name), name);
  const floats = async (name: string) => await file.readFloats(entry(name));
  const integers = async (name: string) =>
    Array.from(new BigInt64Array((await file.readBytes(entry(name))).buffer), Number);
  const runtime = await createRuntime('cpu');
  const opened = await openPackage(createHttpSource(model, new URL('/', location.origin)), never);
  const [, , height = 0, width = 0] = entry('image').shape;
  const size = { width, height };
  const loaded = await DiffusionModel.load(
    { runtime, package: opened, size, clock: new StageClock() },
    never,
    () => {},
  );
  const { text } = opened.manifest;
  const read = async (path: string) => new TextDecoder().decode(await opened.readFile(path, never));
  const tokenizer = createTokenizer(
    await read(text.tokenizerFiles.vocab),
    await read(text.tokenizerFiles.merges),
    text,
  );
  const prompt = 'make it night';
  await loaded.setPrompt({ prompt, negative: '' });
  const upload = async (name: string) =>
    runtime.upload(await floats(name), entry(name).shape, 'f32');
  const snr: Record<string, number> = {};
  const compare = async (name: string, values: Float32Array) => {
    snr[name] = ratio(await floats(name), values);
  };
  await compare('latents', await runtime.download(await loaded.encode(await upload('image'))));
  await compare(
    'decoded_source',
    await runtime.download(await loaded.decode(await upload('latents'))),
  );
  const source = await upload('latents');
  const mask = await upload('mask');
  const sampler = createSampler(toSchedulerConfig(opened.manifest), { steps: 4, strength: 1 });
  let sample = await upload('noise');
  for (const [i, plan] of sampler.steps.entries()) {
    const input = await runtime.concat([sample, source, mask], 1);
    const output = await loaded.predict({
      input,
      timestep: plan.timestep,
      selfAttention: (_, own) => [own],
      signal: never,
    });
    if (i === 0) {
      await compare('first_v', await runtime.download(output));
    }
    const known: Partial<Record<Source, typeof sample>> = { sample, output };
    const mix = async (terms: readonly Term[]) =>
      await runtime.combine(
        terms.map(({ source: from, scale }) => ({ tensor: must(known[from], from), scale })),
      );
    known.x0 = await mix(plan.x0);
    sample = await mix(plan.next);
    await compare(`step_${i}`, await runtime.download(sample));
  }
  await compare('decoded', await runtime.download(await loaded.decode(sample)));
  const ids = await integers('ids');
  const timesteps = await integers('timesteps');
  loaded.dispose();
  runtime.dispose();
  return {
    idsEqual: tokenizer.tokenize(prompt).ids.every((id, i) => id === ids[i]),
    timestepsEqual: sampler.steps.every((plan, i) => plan.timestep === timesteps[i]),
    snr,
  };
}

function ratio(expected: Float32Array, actual: Float32Array): number {
  let signal = 0;
  let noise = 0;
  expected.forEach((value, i) => {
    signal += value ** 2;
    noise += (value - (actual[i] ?? NaN)) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}
