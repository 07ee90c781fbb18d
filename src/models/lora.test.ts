import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { fuseLora } from './lora.ts';
import { memorySource } from './reading/byte-source.ts';
import { Safetensors } from './reading/safetensors.ts';
import { Weights } from './reading/weights.ts';
import { packSafetensors, type TinyTensor } from './testing/tiny-checkpoint.ts';

type Tensors = Readonly<Record<string, TinyTensor>>;

async function open(tensors: Tensors, metadata?: Record<string, string>): Promise<Safetensors> {
  return Safetensors.open(memorySource('lora.safetensors', packSafetensors(tensors, metadata)));
}

const of = (shape: readonly number[], ...values: number[]): TinyTensor => ({
  shape,
  values: Float32Array.from(values),
});

const LAYER = 'down_blocks.0.attentions.0.to_q';
const KOHYA = 'lora_unet_down_blocks_0_attentions_0_to_q';
const base = {
  [`${LAYER}.weight`]: of([2, 2], 1, 2, 3, 4),
  'conv_in.weight': of([1, 1, 1, 2], 5, 6),
};

async function network(): Promise<Weights> {
  return new Weights('U-Net', [await open(base)]);
}

/** up [2, 1] · down [1, 2] = [[10, 20], [30, 60]]. */
const [UP, DOWN] = [of([2, 1], 1, 3), of([1, 2], 10, 20)];

async function fused(tensors: Tensors, weight: number, metadata?: Record<string, string>) {
  const unet = await network();
  const result = fuseLora(
    { file: await open(tensors, metadata), weight },
    { unet, text_encoder: undefined },
  );
  return { result, values: [...(await unet.read(`${LAYER}.weight`))] };
}

describe('a fused LoRA', () => {
  it.each([
    ['peft', `unet.${LAYER}.lora_A.weight`, `unet.${LAYER}.lora_B.weight`],
    [
      'peft with an adapter name',
      `unet.${LAYER}.lora_A.default.weight`,
      `unet.${LAYER}.lora_B.default.weight`,
    ],
    ['kohya', `${KOHYA}.lora_down.weight`, `${KOHYA}.lora_up.weight`],
    ['diffusers', `unet.${LAYER}.lora.down.weight`, `unet.${LAYER}.lora.up.weight`],
    [
      'processor',
      'unet.down_blocks.0.attentions.0.processor.to_q_lora.down.weight',
      'unet.down_blocks.0.attentions.0.processor.to_q_lora.up.weight',
    ],
  ])('in %s names adds up · down at half weight', async (_, down, up) => {
    const { values, result } = await fused({ [down]: DOWN, [up]: UP }, 0.5);
    expect(values).toEqual([6, 12, 18, 34]);
    expect(result).toEqual({ fused: 1, unknown: [] });
  });

  it('scales by alpha over rank, from a tensor or from the header', async () => {
    const keys = { [`${KOHYA}.lora_down.weight`]: DOWN, [`${KOHYA}.lora_up.weight`]: UP };
    const stored = await fused({ ...keys, [`${KOHYA}.alpha`]: of([], 0.1) }, 1);
    expect(stored.values.map(Math.fround)).toEqual([2, 4, 6, 10].map(Math.fround));
    const header = {
      lora_adapter_metadata: JSON.stringify({ 'unet.lora_alpha': 0.1, 'unet.r': 1 }),
    };
    expect((await fused(keys, 1, header)).values).toEqual(stored.values);
  });

  it('lists keys that fit nothing and refuses a file of which nothing fits', async () => {
    const keys = { [`${KOHYA}.lora_down.weight`]: DOWN, [`${KOHYA}.lora_up.weight`]: UP };
    const { result } = await fused({ ...keys, 'lora_unet_elsewhere.lora_up.weight': UP }, 1);
    expect(result.unknown).toEqual(['lora_unet_elsewhere.lora_up.weight']);
    await expect(fused({ 'some.hada_w1_a': UP }, 1)).rejects.toMatchObject({
      code: 'model/unsupported',
    });
  });

  it('names both shapes where they do not fit', async () => {
    const keys = {
      [`${KOHYA}.lora_down.weight`]: of([1, 3], 1, 2, 3),
      [`${KOHYA}.lora_up.weight`]: UP,
    };
    await expect(fused(keys, 1)).rejects.toMatchObject({
      code: 'model/bad-checkpoint',
      detail: expect.stringContaining('[1, 3]') as string,
    });
  });

  it('of any keys and shapes is fused or refused with a code', async () => {
    const key = fc
      .tuple(
        fc.constantFrom('unet.', 'lora_unet_', 'text_encoder.', 'lora_te_', ''),
        fc.constantFrom(LAYER, 'down_blocks_0_attentions_0_to_q', 'conv_in', 'mid', ''),
        fc.constantFrom(
          '.lora_A.weight',
          '.lora_B.weight',
          '.lora_down.weight',
          '.lora_up.weight',
          '.lora.down.weight',
          '.alpha',
          '.lora_mid.weight',
          '.hada_w1_a',
          '.dora_scale',
          '',
        ),
      )
      .map((parts) => parts.join(''));
    const side = fc.integer({ min: 0, max: 3 });
    const value = fc.array(side, { maxLength: 4 }).map((shape) => ({
      shape,
      values: new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(0.5),
    }));
    let accepted = 0;
    const property = fc.asyncProperty(
      fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      async (tensors, weight) => {
        try {
          const unet = await network();
          fuseLora({ file: await open(tensors), weight }, { unet, text_encoder: undefined });
          await unet.read(`${LAYER}.weight`);
          await unet.read('conv_in.weight');
          accepted++;
        } catch (error) {
          if (!(error instanceof AppError) || !error.code.startsWith('model/')) {
            throw error;
          }
        }
      },
    );
    await fc.assert(property, { numRuns: 3000, seed: 7 });
    expect(accepted).toBeGreaterThan(0);
  });
});
