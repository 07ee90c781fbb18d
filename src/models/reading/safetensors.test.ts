import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/error.ts';
import { packSafetensors } from '../testing/tiny-checkpoint.ts';
import { memorySource, type ByteSource } from './byte-source.ts';
import { Safetensors, type TensorEntry } from './safetensors.ts';

const RUNS = 10_000;

function file(header: unknown, dataBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const out = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  out.set(json, 8);
  return out;
}

async function refusal(data: Uint8Array<ArrayBuffer>): Promise<string> {
  const error: unknown = await Safetensors.open(memorySource('x.safetensors', data)).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  expect((error as AppError).code).toBe('model/bad-checkpoint');
  return (error as AppError).detail;
}

function checkRefusal(error: unknown): void {
  if (!(error instanceof AppError)) {
    throw error;
  }
}

const tensor = (from: number, to: number, shape = [(to - from) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

/** A source that fails the test if anything outside the file is asked for. */
function guarded(data: Uint8Array<ArrayBuffer>): ByteSource {
  const inner = memorySource('mutated', data);
  return {
    ...inner,
    read: (offset, length) => {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(length).toBeGreaterThanOrEqual(0);
      expect(offset + length).toBeLessThanOrEqual(data.byteLength);
      return inner.read(offset, length);
    },
  };
}

describe('a damaged safetensors file', () => {
  it.each([
    ['too short for a header', new Uint8Array(5), 'has 5 bytes'],
    [
      'a header longer than the file',
      file({}, 0).subarray(0, 8).slice().fill(1),
      'says its header has',
    ],
    ['no JSON', file('{"a":', 0), 'not valid JSON'],
    ['JSON that is no object', file('[1]', 0), 'not a JSON object'],
    ['overlapping tensors', file({ a: tensor(0, 8), b: tensor(4, 12) }, 12), 'a and b overlap'],
    ['a range past the end', file({ a: tensor(0, 8) }, 4), 'a ends at byte'],
    ['a range that does not fit the shape', file({ a: tensor(0, 8, [3]) }, 8), 'needs 12 bytes'],
    ['an unknown type', file({ a: { ...tensor(0, 8), dtype: 'F33' } }, 8), 'unknown type "F33"'],
    ['a negative side', file({ a: tensor(0, 8, [-2]) }, 8), 'bad shape'],
    ['a shape too large for any file', file({ a: tensor(0, 8, [2 ** 40, 2 ** 40]) }, 8), 'needs'],
    ['offsets the wrong way round', file({ a: tensor(8, 0, [2]) }, 8), 'needs 8 bytes'],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }, 0), '__metadata__ a is not text'],
  ])('is refused with the reason: %s', async (_, data, words) => {
    expect(await refusal(data)).toContain(words);
  });

  it('never leads to a read outside the file, a hang or another error, whatever bytes change', async () => {
    const good = packSafetensors({
      first: { shape: [2, 3], values: new Float32Array(6).fill(1) },
      second: { shape: [4], values: new Float32Array(4).fill(2) },
    });
    const headerEnd = 8 + Number(new DataView(good.buffer).getBigUint64(0, true));
    let opened = 0;
    const changes = fc.array(fc.tuple(fc.nat(headerEnd - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    const property = fc.asyncProperty(
      changes,
      fc.option(fc.nat(good.byteLength)),
      async (bytes, length) => {
        const mutated = good.slice(0, length ?? good.byteLength);
        for (const [at, value] of bytes) {
          if (at < mutated.byteLength) {
            mutated[at] = value;
          }
        }
        try {
          const read = await Safetensors.open(guarded(mutated));
          for (const entry of read.header.tensors.values()) {
            await read.readBytes(entry);
          }
          opened++;
        } catch (error) {
          checkRefusal(error);
        }
      },
    );
    await fc.assert(property, { numRuns: RUNS, seed: 1 });
    expect(opened).toBeGreaterThan(0);
  }, 60_000);

  it('refuses or reads every JSON header', async () => {
    const side = fc.oneof(
      fc.nat(20),
      fc.integer(),
      fc.double(),
      fc.constant(Number.MAX_SAFE_INTEGER),
    );
    const entry = fc.record({
      dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'BF16', 'I64', 'BOOL'), fc.string()),
      shape: fc.oneof(fc.array(side, { maxLength: 10 }), fc.anything()),
      data_offsets: fc.oneof(fc.tuple(side, side), fc.anything()),
    });
    const header = fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue()), { maxKeys: 4 });
    const property = fc.asyncProperty(header, fc.nat(64), async (json, bytes) => {
      const text = JSON.stringify(json, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      try {
        const read = await Safetensors.open(guarded(file(text, bytes)));
        for (const found of read.header.tensors.values()) {
          await read.readBytes(found);
        }
      } catch (error) {
        checkRefusal(error);
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: 2 });
  }, 60_000);
});

describe('a tensor', () => {
  it('is read as float32 from F32, F16 and BF16, whole or by rows', async () => {
    const f32 = new Uint8Array(new Float32Array([1.5, -2]).buffer);
    const data = file(
      {
        full: tensor(0, 8),
        half: { dtype: 'F16', shape: [2], data_offsets: [8, 12] },
        brain: { dtype: 'BF16', shape: [2], data_offsets: [12, 16] },
      },
      16,
    );
    const at = data.byteLength - 16;
    data.set(f32, at);
    data.set(new Uint8Array(new Uint16Array([0x3e00, 0xc000, 0x3fc0, 0xc000]).buffer), at + 8);
    const read = await Safetensors.open(memorySource('x', data));
    for (const entry of read.header.tensors.values()) {
      expect([...(await read.readFloats(entry))]).toEqual([1.5, -2]);
      expect([...(await read.readFloats(entry, 1, 2))]).toEqual([-2]);
    }
  });

  it('of an integer type is refused as a weight', async () => {
    const data = file({ ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8);
    const read = await Safetensors.open(memorySource('x', data));
    const entry = read.header.tensors.get('ids');
    await expect(read.readFloats(entry as TensorEntry)).rejects.toMatchObject({
      code: 'model/bad-checkpoint',
    });
  });
});
