import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clipDirectionScore,
  clipFrameScore,
  clipTextScore,
} from '../../src/diffusion/metrics/clip-scores.ts';
import {
  packSafetensors,
  pseudoRandom,
  type TinyTensor,
} from '../../src/models/testing/tiny-checkpoint.ts';
import { ClipMeter } from './clip-meter.ts';
import { openClipModel, type ClipModel } from './clip-model.ts';
import { mapped, texture } from './testing/texture.ts';

const row = (...values: number[]) => Float32Array.from(values);
const rows = fc.array(
  fc.tuple(
    fc.float({ min: 0.5, max: 4, noNaN: true }),
    fc.float({ min: -4, max: 4, noNaN: true }),
    fc.float({ min: -4, max: 4, noNaN: true }),
  ),
  { minLength: 2, maxLength: 9 },
);

function plainCosine(a: readonly number[], b: readonly number[]): number {
  const length = (v: readonly number[]) => Math.hypot(...v);
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (length(a) * length(b));
}

describe('CLIP scores', () => {
  it('frame: the mean cosine over all ordered pairs', () => {
    fc.assert(
      fc.property(rows, (frames) => {
        const cosines = frames.flatMap((a, i) =>
          frames.flatMap((b, j) => (i === j ? [] : [plainCosine(a, b)])),
        );
        const wanted = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
        expect(clipFrameScore(frames.map((frame) => row(...frame)))).toBeCloseTo(wanted, 6);
      }),
    );
  });

  it('text: a hundred times the mean cosine, whatever the lengths', () => {
    expect(clipTextScore([row(2, 0), row(0, 5)], row(3, 0))).toBeCloseTo(50, 6);
  });

  it('direction: the change of unit rows against the captions’', () => {
    const captions = { source: row(1, 0), edited: row(0, 2) };
    const frames = { source: [row(4, 0)], edited: [row(0, 1)] };
    expect(clipDirectionScore(frames, captions)).toBeCloseTo(1, 6);
    const back = { source: frames.edited, edited: frames.source };
    expect(clipDirectionScore(back, captions)).toBeCloseTo(-1, 6);
    const unchanged = { source: frames.source, edited: frames.source };
    expect(clipDirectionScore(unchanged, captions)).toBe(0);
  });
});

const WIDTH = 16;
const tower = {
  hidden_size: WIDTH,
  intermediate_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  projection_dim: 8,
};

/** Random weights of a CLIP with one layer per tower, named as in public checkpoints. */
function tinyClip(): Record<string, TinyTensor> {
  const tensors: Record<string, TinyTensor> = {};
  let seed = 0;
  const add = (name: string, ...shape: number[]) => {
    const count = shape.reduce((product, side) => product * side, 1);
    const isNorm = /(norm\d?|layrnorm)\.weight$/.test(name);
    const values = pseudoRandom(count, seed++, 0.4);
    tensors[name] = { shape, values: isNorm ? values.map((value) => value + 1) : values };
  };
  const linear = (name: string, to: number, from: number) => {
    add(`${name}.weight`, to, from);
    add(`${name}.bias`, to);
  };
  const norm = (name: string) => {
    add(`${name}.weight`, WIDTH);
    add(`${name}.bias`, WIDTH);
  };
  for (const model of ['text_model', 'vision_model']) {
    const layer = `${model}.encoder.layers.0`;
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
      linear(`${layer}.self_attn.${name}`, WIDTH, WIDTH);
    }
    linear(`${layer}.mlp.fc1`, 32, WIDTH);
    linear(`${layer}.mlp.fc2`, WIDTH, 32);
    norm(`${layer}.layer_norm1`);
    norm(`${layer}.layer_norm2`);
  }
  add('text_model.embeddings.token_embedding.weight', 6, WIDTH);
  add('text_model.embeddings.position_embedding.weight', 8, WIDTH);
  norm('text_model.final_layer_norm');
  add('vision_model.embeddings.class_embedding', WIDTH);
  add('vision_model.embeddings.patch_embedding.weight', WIDTH, 3, 8, 8);
  add('vision_model.embeddings.position_embedding.weight', 17, WIDTH);
  norm('vision_model.pre_layrnorm');
  norm('vision_model.post_layernorm');
  add('text_projection.weight', 8, WIDTH);
  add('visual_projection.weight', 8, WIDTH);
  return tensors;
}

describe('a CLIP model from a folder', () => {
  let folder = '';
  let model: ClipModel;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deltacut-clip-'));
    const write = (name: string, data: string | Uint8Array) => writeFile(join(folder, name), data);
    const config = {
      text_config: { ...tower, vocab_size: 6, max_position_embeddings: 8, eos_token_id: 5 },
      vision_config: { ...tower, image_size: 32, patch_size: 8 },
    };
    await write('config.json', JSON.stringify(config));
    await write('model.safetensors', packSafetensors(tinyClip()));
    const words = { 'a</w>': 1, 'b</w>': 2, '<|startoftext|>': 4, '<|endoftext|>': 5 };
    await write('vocab.json', JSON.stringify(words));
    await write('merges.txt', '#version: 0.2\n');
    model = await openClipModel(folder);
  });

  afterAll(async () => {
    await model.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('scores an edit frame by frame', async () => {
    const meter = new ClipMeter(model, { source: 'a', edited: 'b b' });
    const embeddings = [];
    for (let i = 0; i < 3; i++) {
      const source = texture(40, 32, i * 3);
      const edited = mapped(source, (value) => 255 - value);
      embeddings.push(await model.embedPicture(edited));
      await meter.push(source, edited);
    }
    const { frame, text, direction } = await meter.result();
    expect(frame).toBeCloseTo(clipFrameScore(embeddings), 6);
    expect(frame).toBeGreaterThan(0.5);
    expect(frame).toBeLessThan(1);
    expect(text).toBeCloseTo(clipTextScore(embeddings, await model.embedText('b b')), 4);
    expect(Math.abs(direction ?? 0)).toBeGreaterThan(0.001);
  });

  it('has no text score without captions, and cuts long ones', async () => {
    const meter = new ClipMeter(model, { source: null, edited: null });
    for (let i = 0; i < 2; i++) {
      await meter.push(texture(32, 32), texture(32, 32));
    }
    const scores = await meter.result();
    expect(scores).toMatchObject({ text: null, direction: null });
    expect(scores.frame).toBeCloseTo(1, 6);
    expect(await model.embedText('a '.repeat(40))).toHaveLength(8);
  });

  it('refuses what has no vision model, and says so', async () => {
    const other = join(folder, 'other');
    await expect(openClipModel(other)).rejects.toMatchObject({ code: 'model/not-found' });
    const starter = join(import.meta.dirname, '../../public/models/starter');
    await expect(openClipModel(starter)).rejects.toMatchObject({
      code: 'model/unsupported',
      message: expect.stringContaining('vision') as string,
    });
    const text = join(import.meta.dirname, '../../src/models/fixtures/13a-clip-text-sd1');
    await expect(openClipModel(text)).rejects.toMatchObject({ code: 'model/unsupported' });
  });
});
