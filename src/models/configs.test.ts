import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { manifestSchema, parseManifest } from './manifest.ts';
import { parseClipTextConfig, parseClipVisionConfig } from './nets/clip-config.ts';
import { parseUnetConfig } from './nets/unet-config.ts';
import { planVae } from './nets/vae.ts';
import { WeightCoder } from './quantise/weight-coder.ts';
import { parseJsonObject } from './reading/byte-source.ts';
import { Weights } from './reading/weights.ts';
import { createSampler } from '../diffusion/schedulers/create-sampler.ts';
import { parseSchedulerConfig } from './scheduler-config.ts';
import { tinyCheckpoint } from './testing/tiny-checkpoint.ts';
import { tinyMotionAdapter } from './testing/tiny-motion.ts';

type Json = Readonly<Record<string, unknown>>;

const RUNS = 3000;
const files = tinyCheckpoint();

function stored(path: string): Json {
  return parseJsonObject(files.get(path) ?? new Uint8Array(), path);
}

/** Some keys of a good config replaced by anything, and some that do not belong there. */
function mutated(good: Json): fc.Arbitrary<Json> {
  const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.constant(1e9), fc.array(fc.nat(64)));
  return fc
    .dictionary(fc.oneof(fc.constantFrom(...Object.keys(good)), fc.string()), value, { maxKeys: 4 })
    .map((changes) => ({ ...good, ...changes }));
}

const motionAdapter = parseJsonObject(
  tinyMotionAdapter().get('motion_adapter/config.json') ?? new Uint8Array(),
  'motion_adapter/config.json',
);
const motionModel: Json = {
  ...stored('unet/config.json'),
  _class_name: 'UNetMotionModel',
  down_block_types: ['DownBlockMotion', 'CrossAttnDownBlockMotion'],
  up_block_types: ['CrossAttnUpBlockMotion', 'UpBlockMotion'],
  motion_num_attention_heads: 2,
  motion_max_seq_length: 16,
  use_motion_mid_block: true,
  temporal_transformer_layers_per_block: 1,
};

const KL: Json = {
  _class_name: 'AutoencoderKL',
  block_out_channels: [8, 16],
  down_block_types: ['DownEncoderBlock2D', 'DownEncoderBlock2D'],
  up_block_types: ['UpDecoderBlock2D', 'UpDecoderBlock2D'],
  latent_channels: 4,
  layers_per_block: 1,
  norm_num_groups: 4,
  scaling_factor: 0.18215,
};
const TINY: Json = {
  _class_name: 'AutoencoderTiny',
  encoder_block_out_channels: [8, 8],
  decoder_block_out_channels: [8, 8],
  num_encoder_blocks: [1, 1],
  num_decoder_blocks: [1, 1],
  latent_channels: 4,
  scaling_factor: 1,
};

/** No weights: a config that is read ends at the first tensor that is missing, which has a code too. */
const vae = (json: Json): unknown => planVae(json, new Weights('VAE', []), new WeightCoder('f32'));
const READERS: readonly (readonly [string, Json, (json: Json) => unknown])[] = [
  ['U-Net', stored('unet/config.json'), parseUnetConfig],
  ['motion U-Net', motionModel, parseUnetConfig],
  ['motion adapter', motionAdapter, (json) => parseUnetConfig(stored('unet/config.json'), json)],
  ['text encoder', stored('text_encoder/config.json'), parseClipTextConfig],
  ['image encoder', stored('text_encoder/config.json'), parseClipVisionConfig],
  ['scheduler', stored('scheduler/scheduler_config.json'), parseSchedulerConfig],
  ['VAE', stored('vae/config.json'), vae],
  ['AutoencoderKL', KL, vae],
  ['AutoencoderTiny', TINY, vae],
];

describe.each(READERS)('a changed %s config', (_, good, read) => {
  it('is read or refused with a code, whatever stands in it', () => {
    let refused = 0;
    const property = fc.property(mutated(good), (json) => {
      try {
        read(json);
      } catch (error) {
        refused++;
        if (!(error instanceof AppError) || !error.code.startsWith('model/')) {
          throw error;
        }
      }
    });
    fc.assert(property, { numRuns: RUNS, seed: 3 });
    expect(refused).toBeGreaterThan(0);
  });
});

describe('a scheduler config', () => {
  const parse = (text: string) =>
    parseSchedulerConfig(parseJsonObject(new TextEncoder().encode(text), 'scheduler_config.json'));

  it('is read as Python writes it, with a bare -Infinity', () => {
    const text = `{
      "_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.26.0.dev0",
      "algorithm_type": "dpmsolver++", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
      "dynamic_thresholding_ratio": 0.995, "final_sigmas_type": "zero", "lambda_min_clipped": -Infinity,
      "lower_order_final": true, "num_train_timesteps": 1000, "prediction_type": "v_prediction",
      "sample_max_value": 1.0, "solver_order": 2, "solver_type": "midpoint", "steps_offset": 1,
      "thresholding": false, "timestep_spacing": "leading", "trained_betas": null, "use_karras_sigmas": false,
      "variance_type": null
    }`;
    expect(parse(text)).toMatchObject({
      prediction: 'v',
      scheduler: { kind: 'dpm++2m', spacing: 'leading', stepsOffset: 1, betaEnd: 0.012 },
    });
  });

  it('that is missing stands for Stable Diffusion 1.5’s, which an edit can use', () => {
    const { scheduler, prediction } = parse('{}');
    const config = { ...scheduler, prediction, clipRange: scheduler.clipSample ? 1 : null };
    expect(createSampler(config, { steps: 4, strength: 1 }).steps.map(({ clip }) => clip)).toEqual(
      Array.from({ length: 4 }, () => null),
    );
    expect(scheduler).toMatchObject({ kind: 'ddim', setAlphaToOne: false, stepsOffset: 1 });
  });

  it.each([
    ['beta_start', 'Infinity', 'model/bad-checkpoint'],
    ['beta_end', 'NaN', 'model/bad-checkpoint'],
    ['num_train_timesteps', '1e9', 'model/bad-checkpoint'],
    ['trained_betas', '[0.1]', 'model/unsupported'],
    ['prediction_type', '"flow"', 'model/bad-checkpoint'],
  ])('with %s %s is refused', (key, value, code) => {
    expect(() => parse(`{"${key}": ${value}}`)).toThrow(
      expect.objectContaining({ code, detail: expect.stringContaining(key) as string }) as Error,
    );
  });
});

describe('a manifest', () => {
  it('of a later format is refused by its number', () => {
    expect(() => parseManifest({ format: 2 })).toThrow('Its format is 2');
  });

  it('is read or refused with a code, whatever stands in it', () => {
    const keys = Object.keys(manifestSchema.entries);
    const json = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
    const property = fc.property(json, (value) => {
      expect(() => parseManifest(value)).toThrow(AppError);
    });
    fc.assert(property, { numRuns: RUNS, seed: 4 });
  });
});
