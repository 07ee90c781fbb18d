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
import { parseSchedulerConfig } from './scheduler-config.ts';
import { tinyCheckpoint } from './testing/tiny-checkpoint.ts';

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

const empty = new Weights('VAE', []);
const READERS: readonly (readonly [string, Json, (json: Json) => unknown])[] = [
  ['U-Net', stored('unet/config.json'), parseUnetConfig],
  ['text encoder', stored('text_encoder/config.json'), parseClipTextConfig],
  ['image encoder', stored('text_encoder/config.json'), parseClipVisionConfig],
  ['scheduler', stored('scheduler/scheduler_config.json'), parseSchedulerConfig],
  ['VAE', stored('vae/config.json'), (json) => planVae(json, empty, new WeightCoder('f32'))],
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
