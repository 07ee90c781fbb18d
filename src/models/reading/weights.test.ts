import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/error.ts';
import { filesSource, packSafetensors, type TinyFiles } from '../testing/tiny-checkpoint.ts';
import { memorySource } from './byte-source.ts';
import { Safetensors } from './safetensors.ts';
import { openWeights, Weights } from './weights.ts';

const part = (name: string, value: number): Uint8Array<ArrayBuffer> =>
  packSafetensors({ [name]: { shape: [1], values: Float32Array.of(value) } });
const json = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(value));

async function failure(files: TinyFiles): Promise<AppError> {
  const error: unknown = await openWeights(filesSource(files), 'unet', 'U-Net').catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

const INDEX = 'unet/model.safetensors.index.json';
const shards = (): TinyFiles =>
  new Map([
    [INDEX, json({ weight_map: { a: 'one.safetensors', b: 'two.safetensors' } })],
    ['unet/one.safetensors', part('a', 1)],
    ['unet/two.safetensors', part('b', 2)],
  ]);

describe('weights', () => {
  it('are read from one file, from shards, and from the plain file beside a variant', async () => {
    const split = await openWeights(filesSource(shards()), 'unet', 'U-Net');
    expect([...(await split.read('a')), ...(await split.read('b'))]).toEqual([1, 2]);
    const files: TinyFiles = new Map([
      ['unet/model.fp16.safetensors', part('a', 3)],
      ['unet/model_with_a_longer_name.safetensors', part('a', 4)],
      ['unet/model.bin', new Uint8Array(9)],
    ]);
    expect([...(await (await openWeights(filesSource(files), 'unet', 'U-Net')).read('a'))]).toEqual(
      [4],
    );
  });

  it.each(['bin', 'ckpt', 'pt', 'pth', 'pkl'])(
    'in a .%s alone are refused, and it is never opened',
    async (ending) => {
      const path = `unet/model.${ending}`;
      const source = {
        open: () => expect.fail('the pickle was opened'),
        list: () => Promise.resolve([path]),
      };
      await expect(openWeights(source, 'unet', 'U-Net')).rejects.toMatchObject({
        code: 'model/pickle-refused',
        detail: path,
      });
    },
  );

  it.each([
    ['a shard that is missing', (files: TinyFiles) => files.delete('unet/two.safetensors'), 'two'],
    [
      'a shard outside the folder',
      (files: TinyFiles) => files.set(INDEX, json({ weight_map: { a: '../secret.safetensors' } })),
      'secret',
    ],
    ['an index without a map', (files: TinyFiles) => files.set(INDEX, json({})), 'weight_map'],
    [
      'a shard that is cut off',
      (files: TinyFiles) => files.set('unet/two.safetensors', part('b', 2).slice(0, -1)),
      'two.safetensors: b ends at byte',
    ],
    [
      'a shard that ends in its header',
      (files: TinyFiles) => files.set('unet/two.safetensors', part('b', 2).slice(0, 20)),
      'says its header has',
    ],
  ])('with %s are refused', async (_, change, words) => {
    const files = shards();
    change(files);
    const { code, detail } = await failure(files);
    expect(code).toBe('model/bad-checkpoint');
    expect(detail).toContain(words);
  });

  it('of no float type, of another shape or missing are refused by name', async () => {
    const good = part('a', 1);
    const text = new TextDecoder('latin1').decode(good).replace('"F32"', '"I32"');
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const open = async (data: Uint8Array<ArrayBuffer>) =>
      new Weights('U-Net', [await Safetensors.open(memorySource('unet.safetensors', data))]);
    const [floats, integers] = [await open(good), await open(bytes)];
    for (const [check, words] of [
      [() => integers.expect('a', [1]), 'a is I32; weights must be F32, F16 or BF16'],
      [() => floats.expect('a', [2, 3]), 'a has shape [1], the config asks for [2, 3]'],
      [() => floats.expect('b', [1]), 'The U-Net has no tensor b'],
    ] as const) {
      expect(check).toThrow(
        expect.objectContaining({
          code: 'model/bad-checkpoint',
          detail: expect.stringContaining(words) as string,
        }) as Error,
      );
    }
  });

  it('behind any index are read or refused with a code, and no other folder is looked into', async () => {
    const name = fc.oneof(
      fc.constantFrom('one.safetensors', 'two.safetensors', '../unet/one.safetensors', '.', ''),
      fc.string(),
      fc.jsonValue(),
    );
    const index = fc.oneof(
      fc.record({ weight_map: fc.dictionary(fc.string(), name, { maxKeys: 3 }) }),
      fc.jsonValue(),
    );
    let read = 0;
    const property = fc.asyncProperty(index, fc.nat(3), async (value, cut) => {
      const files = shards();
      const data = json(value);
      files.set(INDEX, data.slice(0, data.byteLength - (cut === 3 ? 1 : 0)));
      const inner = filesSource(files);
      const source = {
        list: inner.list,
        open: (path: string) => {
          expect(path).toMatch(/^unet\/[^/\\]*$/);
          return inner.open(path);
        },
      };
      try {
        await openWeights(source, 'unet', 'U-Net');
        read++;
      } catch (error) {
        if (!(error instanceof AppError) || !error.code.startsWith('model/')) {
          throw error;
        }
      }
    });
    await fc.assert(property, { numRuns: 3000, seed: 6 });
    expect(read).toBeGreaterThan(0);
  }, 60_000);
});
