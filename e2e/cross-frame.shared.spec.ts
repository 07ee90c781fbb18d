import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileCheckpoint } from '../src/models/compile.ts';
import { MemorySink } from '../src/models/package-sink.ts';
import { compare, Golden, type Plain } from '../src/models/testing/golden.ts';
import { filesSource, type TinyFiles } from '../src/models/testing/tiny-checkpoint.ts';
import {
  runCrossFrame,
  type CrossFrameCase,
  type CrossFrameRun,
} from './browser/cross-frame-run.ts';
import { createNodeRuntime } from './support/node-runtime.ts';

const FOLDER = fileURLToPath(new URL('../../shared/goldens/', import.meta.url));
const golden = new Golden(join(FOLDER, '08-cross-frame'));

type Outcome = Awaited<ReturnType<typeof runCrossFrame>>;
type Tensors = Readonly<Record<string, Plain>>;

let what: CrossFrameCase;
let inputs: Tensors;
let outputs: Tensors;

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

beforeAll(async () => {
  inputs = await golden.tensors('inputs.safetensors');
  outputs = await golden.tensors('outputs.safetensors');
  what = {
    files: await packageFiles(),
    text: wire(tensor(inputs, 'text')),
    timestep: tensor(inputs, 'timestep').data[0] ?? 0,
    frames: wire(tensor(inputs, 'frames')),
  };
});

const MODES = {
  swap: { anchors: 'group_frames', recorded: 'swap_self.frames' },
  'own+anchors': { anchors: 'anchor_frames', recorded: 'anchors.frames' },
  independent: { anchors: 'anchor_frames', recorded: 'plain.out' },
} as const;
type Mode = keyof typeof MODES;

/** One frame per graph run, so that chunks of 1, 3 and 16 of them differ; then all in one run. */
const WAYS = [
  { batchSize: 1, batchesPerChunk: 1, keepsBank: false },
  { batchSize: 1, batchesPerChunk: 3, keepsBank: false },
  { batchSize: 1, batchesPerChunk: 16, keepsBank: false },
  { batchSize: 1, batchesPerChunk: 1, keepsBank: true },
  { batchSize: 6, batchesPerChunk: 1, keepsBank: false },
] as const;

type Way = (typeof WAYS)[number];

function runsOf(mode: Mode, ways: readonly Way[], steps: number): CrossFrameRun[] {
  const anchors = wire(tensor(inputs, MODES[mode].anchors));
  return ways.map((way) => ({ ...way, mode, anchors, steps }));
}

type Engine = (runs: readonly CrossFrameRun[]) => Promise<Outcome>;

function plain(values: readonly number[]): Plain {
  return { dims: what.frames.dims, data: Float32Array.from(values) };
}

/** Every way gives the recorded result; those that run the same batches give each other's, `most` apart at most. */
async function checkRecorded(
  engine: Engine,
  mode: Mode,
  ways: readonly Way[],
  most: number,
): Promise<void> {
  const { atol, rtol } = golden.tolerance.fp32;
  const { results, leaked } = await engine(runsOf(mode, ways, 1));
  const recorded = tensor(outputs, MODES[mode].recorded);
  for (const values of results) {
    expect(compare(plain(values), recorded, atol, rtol).worst).toBeLessThanOrEqual(1);
  }
  checkAlike(results, ways, most);
  expect(leaked).toBe(0);
}

/** In graph runs of another size sums may be ordered otherwise: there 1e-4 holds on every runtime. */
function checkAlike(results: Outcome['results'], ways: readonly Way[], most: number): void {
  const first = plain(results[0] ?? []);
  results.forEach((values, i) => {
    const isSame = ways[i]?.batchSize === ways[0]?.batchSize;
    expect(compare(plain(values), first).maxAbs).toBeLessThanOrEqual(isSame ? most : 1e-4);
  });
}

describe('attention across frames through the chunk loop, on the processor', () => {
  const engine: Engine = async (runs) => {
    const runtime = createNodeRuntime();
    try {
      return await runCrossFrame(runtime, what, runs);
    } finally {
      runtime.dispose();
    }
  };

  it.each(['swap', 'own+anchors'] as const)(
    '%s is as recorded, bit for bit the same with chunks of 1, 3 and 16 and a kept bank',
    async (mode) => {
      await checkRecorded(engine, mode, WAYS, 0);
    },
  );

  it('swap stays so over two steps', async () => {
    const ways = WAYS.slice(1, 4);
    const { results, leaked } = await engine(runsOf('swap', ways, 2));
    checkAlike(results, ways, 0);
    expect(leaked).toBe(0);
  });

  it('frames by themselves are as recorded', async () => {
    await checkRecorded(engine, 'independent', [WAYS[0], WAYS[4]], 0);
  });
});
