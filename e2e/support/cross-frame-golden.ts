import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compileCheckpoint } from '../../src/models/compile.ts';
import { MemorySink } from '../../src/models/package-sink.ts';
import { compare, Golden, type Plain } from '../../src/models/testing/golden.ts';
import { filesSource, type TinyFiles } from '../../src/models/testing/tiny-checkpoint.ts';
import type {
  CrossFrameCase,
  CrossFrameResults,
  CrossFrameRun,
} from '../browser/cross-frame-run.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/goldens/', import.meta.url));
const golden = new Golden(join(FOLDER, '08-cross-frame'));

type Tensors = Readonly<Record<string, Plain>>;

function tensor(tensors: Tensors, name: string): Plain {
  const found = tensors[name];
  if (found === undefined) {
    throw new Error(`the case has no ${name}`);
  }
  return found;
}

const wire = ({ dims, data }: Plain) => ({ dims, values: [...data] });

/** Case 01's U-Net with an autoencoder and a text encoder that fit it, which this case does not run. */
async function packageFiles(): Promise<Record<string, string>> {
  const text = (value: string) => new TextEncoder().encode(value);
  const file = (...path: readonly string[]) => new Uint8Array(readFileSync(join(FOLDER, ...path)));
  const part = (name: string, weights: string, folder: string) => [
    [`${name}/config.json`, file(folder, 'config.json')] as const,
    [`${name}/${weights}.safetensors`, file(folder, 'weights.safetensors')] as const,
  ];
  const files: TinyFiles = new Map([
    ['model_index.json', text('{}')],
    ...part('unet', 'diffusion_pytorch_model', '01-unet-sd15'),
    ...part('vae', 'diffusion_pytorch_model', '11-vae-kl'),
    ...part('text_encoder', 'model', '13a-clip-text-sd1'),
    ['tokenizer/vocab.json', text('{"<|startoftext|>":0,"<|endoftext|>":1}')],
    ['tokenizer/merges.txt', text('#version: 0.2\n')],
  ]);
  const sink = new MemorySink();
  await compileCheckpoint(filesSource(files), sink, { id: 'golden', quantisation: 'f32' });
  return Object.fromEntries(
    [...sink.files].map(([path, data]) => [path, Buffer.from(data).toString('base64')]),
  );
}

const MODES = {
  swap: { anchors: 'group_frames', recorded: 'swap_self.frames' },
  'own+anchors': { anchors: 'anchor_frames', recorded: 'anchors.frames' },
  independent: { anchors: 'anchor_frames', recorded: 'plain.out' },
} as const;
type Mode = keyof typeof MODES;

/** One frame per graph run, so that chunks of 1, 3 and 16 of them differ; then all in one run. */
export const WAYS = [
  { batchSize: 1, batchesPerChunk: 1, keepsBank: false },
  { batchSize: 1, batchesPerChunk: 3, keepsBank: false },
  { batchSize: 1, batchesPerChunk: 16, keepsBank: false },
  { batchSize: 1, batchesPerChunk: 1, keepsBank: true },
  { batchSize: 6, batchesPerChunk: 1, keepsBank: false },
] as const;
type Way = (typeof WAYS)[number];

type Engine = (what: CrossFrameCase, runs: readonly CrossFrameRun[]) => Promise<CrossFrameResults>;

/** The recorded case of attention across frames, and an engine on either runtime to run it. */
export type CrossFrameGolden = {
  readonly what: CrossFrameCase;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  readonly engine: Engine;
};

export async function openCrossFrameGolden(engine: Engine): Promise<CrossFrameGolden> {
  const inputs = await golden.tensors('inputs.safetensors');
  const what = {
    files: await packageFiles(),
    text: wire(tensor(inputs, 'text')),
    timestep: tensor(inputs, 'timestep').data[0] ?? 0,
    frames: wire(tensor(inputs, 'frames')),
  };
  return { what, inputs, outputs: await golden.tensors('outputs.safetensors'), engine };
}

/** Every way gives the recorded result; those that run the same batches give each other's, `most` apart at most. */
export async function checkRecorded(
  opened: CrossFrameGolden,
  mode: Mode,
  ways: readonly Way[],
  most: number,
): Promise<void> {
  const { atol, rtol } = golden.tolerance.fp32;
  const results = await checkAlike(opened, { mode, steps: 1 }, ways, most);
  const recorded = tensor(opened.outputs, MODES[mode].recorded);
  for (const result of results) {
    expect(compare(result, recorded, atol, rtol).worst).toBeLessThanOrEqual(1);
  }
}

/**
 * Ways that run the same batches agree within `most` and leave no tensor behind. In graph runs of another size sums may
 * be ordered otherwise: there 1e-4 holds on every runtime.
 */
export async function checkAlike(
  { what, inputs, engine }: CrossFrameGolden,
  { mode, steps }: { readonly mode: Mode; readonly steps: number },
  ways: readonly Way[],
  most: number,
): Promise<readonly Plain[]> {
  const anchors = wire(tensor(inputs, MODES[mode].anchors));
  const runs = ways.map((way) => ({ ...way, mode, anchors, steps }));
  const { results, leaked } = await engine(what, runs);
  const { dims } = what.frames;
  const made = results.map((values) => ({ dims, data: Float32Array.from(values) }));
  const [first] = made;
  if (first === undefined) {
    throw new Error('nothing was run');
  }
  made.forEach((result, i) => {
    const isSame = ways[i]?.batchSize === ways[0]?.batchSize;
    expect(compare(result, first).maxAbs).toBeLessThanOrEqual(isSame ? most : 1e-4);
  });
  expect(leaked).toBe(0);
  return made;
}
