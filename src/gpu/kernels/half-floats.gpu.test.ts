import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatToHalf, halfToFloat } from '../../base/half-float.ts';
import type { GpuContext } from '../context.ts';
import { bankOf, queriesOf } from '../testing/attention-calls.ts';
import { outputOf, seededFloats, worstDifference } from '../testing/buffers.ts';
import { demandedRung, openTestContext } from '../testing/device.ts';
import { attentionMapReference } from './attention-map/attention-map.reference.ts';
import { recordAttentionMap } from './attention-map/attention-map.ts';
import { attentionReference, type ReferenceCall } from './attention/attention.reference.ts';
import { recordAttention } from './attention/attention.ts';
import {
  DEFAULT_TILING,
  smallestSubgroup,
  withSubgroups,
  type Tiling,
} from './attention/tilings.ts';
import { recordCombine } from './combine/combine.ts';
import { recordConcat, recordRepeat, recordSlice } from './copy/copy.ts';
import { recordMix } from './mix/mix.ts';
import { recordMoments } from './moments/moments.ts';
import { recordToPictures } from './pictures/pictures.ts';
import {
  combineReference,
  concatReference,
  mixReference,
  momentsReference,
  sliceReference,
  toPicturesReference,
} from './tensor-ops.reference.ts';

/** Results of size 1 in half floats are at most this far from what was meant; sums are f32. */
const HALF_STEP = 2 ** -11;

/** A software adapter on a busy machine. */
const PATIENCE = { timeout: 300_000 };

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

/** What is left of values in half floats: inputs of the oracle, which then sees what the kernel sees. */
function rounded(values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return halfToFloat(floatToHalf(Float32Array.from(values)));
}

/** `count` halves that a recording leaves in its output. */
async function halvesOf(
  count: number,
  record: (output: GPUBuffer, own: (values: ArrayLike<number>) => GPUBuffer) => void,
): Promise<Float32Array> {
  const words = await outputOf(context, Math.ceil(count / 2), (output, own) => {
    record(output, (values) => own(floatToHalf(Float32Array.from(values))));
  });
  return halfToFloat(new Uint16Array(words.buffer, 0, count));
}

async function attend(call: ReferenceCall, tiling: Tiling): Promise<Float32Array> {
  const count = call.batch * call.queries * call.heads * call.headDim;
  const words = await outputOf(context, Math.ceil(count / 2), (output, own) => {
    const half = (values: ArrayLike<number>) => own(floatToHalf(Float32Array.from(values)));
    const { queryMask, paths, ...sizes } = call;
    recordAttention(context, {
      ...sizes,
      elem: 'f16',
      q: half(call.q),
      output,
      tilingOf: () => tiling,
      paths: paths.map(({ scale, banks }) => ({
        scale,
        banks: banks.map(({ k, v, keyWeights, ...bank }) => ({
          ...bank,
          k: half(k),
          v: half(v),
          ...(keyWeights === undefined ? {} : { keyWeights: own(Float32Array.from(keyWeights)) }),
        })),
      })),
      ...(queryMask === undefined ? {} : { queryMask: own(Float32Array.from(queryMask)) }),
    });
  });
  return halfToFloat(new Uint16Array(words.buffer, 0, count));
}

function roundedCall(call: ReferenceCall): ReferenceCall {
  return {
    ...call,
    q: rounded(call.q),
    paths: call.paths.map(({ scale, banks }) => ({
      scale,
      banks: banks.map((bank) => ({ ...bank, k: rounded(bank.k), v: rounded(bank.v) })),
    })),
  };
}

it('half floats are there on any adapter but SwiftShader', () => {
  expect(context.device.features.has('shader-f16')).toBe(demandedRung() === 'native');
});

// What follows needs them, so it is asked for with DELTACUT_GPU_TESTS=native.
const run = demandedRung() === 'native' ? describe : null;
run?.('in half floats', () => {
  it.each([1, 3, 24, 40, 157, 160])('attention with %i a head', PATIENCE, async (headDim) => {
    const shape = { batch: 4, queries: 37, heads: 3, headDim };
    const call = roundedCall({
      ...shape,
      q: queriesOf(shape, headDim),
      queryMask: seededFloats(148, 4).map((value, i) => (i > 40 && value > 0.5 ? 0 : 1)),
      paths: [
        {
          scale: 0.7,
          banks: [
            { ...bankOf(shape, 70, 2, 3), keyCounts: [70, 33, 1, 0] },
            { ...bankOf(shape, 65, 4, 5), keyWeights: seededFloats(260, 6).map(Math.abs) },
          ],
        },
        { scale: 0.2, banks: [bankOf(shape, 9, 1, 7)] },
      ],
    });
    const subgroups = withSubgroups(DEFAULT_TILING, smallestSubgroup(context.device));
    for (const tiling of [DEFAULT_TILING, subgroups]) {
      const worst = worstDifference(await attend(call, tiling), attentionReference(call));
      // One rounding per path.
      expect(worst).toSatisfy(({ difference }: typeof worst) => difference <= 2 * HALF_STEP);
    }
  });

  it('attention map', async () => {
    const sizes = { batch: 2, queries: 9, entries: 1, keys: 7, heads: 3, headDim: 5, chosen: [6] };
    const [q, k] = [rounded(seededFloats(270, 1)), rounded(seededFloats(105, 2))];
    const map = await outputOf(context, 18, (output, own) => {
      const [queries, keys] = [own(floatToHalf(q)), own(floatToHalf(k))];
      recordAttentionMap(context, { ...sizes, elem: 'f16', q: queries, k: keys, output });
    });
    expect(worstDifference(map, attentionMapReference(q, k, sizes)).difference).toBeLessThan(3e-6);
  });

  it('combine, with five terms and scales per entry', async () => {
    const [entries, perEntry] = [3, 7];
    const terms = [1, 2, 3, 4, 5].map((seed) => ({
      data: rounded(seededFloats(entries * perEntry, seed)),
      scale: seed % 2 === 0 ? [0.5, -0.25, 0] : 0.2,
    }));
    const made = await halvesOf(entries * perEntry, (output, own) => {
      const buffers = terms.map(({ data, scale }) => ({ buffer: own(data), scale }));
      recordCombine(context, { elem: 'f16', terms: buffers, entries, perEntry, output });
    });
    const wanted = combineReference(terms, entries, perEntry);
    // Terms may be added up in two goes.
    expect(worstDifference(made, wanted).difference).toBeLessThanOrEqual(2 * HALF_STEP);
  });

  it('concat, slice and repeat, at odd places too', async () => {
    const parts = [3, 1, 2].map((size, i) => {
      const shape = [3, size, 5];
      return { shape, data: rounded(seededFloats(15 * size, i + 1)) };
    });
    const joined = await halvesOf(90, (output, own) => {
      const buffers = parts.map((part) => ({ buffer: own(part.data), shape: part.shape }));
      recordConcat(context, { elem: 'f16', parts: buffers, axis: 1, output });
    });
    expect([...joined]).toEqual(concatReference(parts, 1));
    const whole = { shape: [3, 6, 5], data: joined };
    const piece = await halvesOf(45, (output, own) => {
      const input = { buffer: own(joined), shape: whole.shape };
      recordSlice(context, { elem: 'f16', input, axis: 1, from: 2, to: 5, output });
    });
    expect([...piece]).toEqual(sliceReference(whole, 1, 2, 5));
    const data = rounded(seededFloats(21, 3));
    const tiled = await halvesOf(63, (output, own) => {
      recordRepeat(context, { elem: 'f16', input: own(data), count: 21, times: 3, output });
    });
    expect([...tiled]).toEqual([...data, ...data, ...data]);
  });

  it('mix and moments', async () => {
    const [a, b] = [rounded(seededFloats(210, 1)), rounded(seededFloats(210, 2))];
    const mask = rounded(seededFloats(70, 3).map(Math.abs));
    const mixed = await halvesOf(210, (output, own) => {
      const shape = { entries: 2, channels: 3, area: 35 };
      recordMix(context, { elem: 'f16', a: own(a), b: own(b), mask: own(mask), output, ...shape });
    });
    const wanted = mixReference(a, b, mask, 3, 35);
    expect(worstDifference(mixed, wanted).difference).toBeLessThanOrEqual(HALF_STEP);
    const spread = await outputOf(context, 4, (output, own) => {
      const input = own(floatToHalf(a));
      recordMoments(context, { elem: 'f16', input, entries: 2, perEntry: 105, output });
    });
    expect(worstDifference(spread, momentsReference(a, 2)).difference).toBeLessThan(1e-5);
  });

  it('pictures', async () => {
    const planes = rounded(seededFloats(231, 6).map((value) => value * 1.2));
    const words = await outputOf(context, 77, (pixels, own) => {
      const shape = { entries: 1, area: 77, range: [-1, 1] as const };
      recordToPictures(context, {
        elem: 'f16',
        planes: own(floatToHalf(planes)),
        pixels,
        ...shape,
      });
    });
    expect([...new Uint8Array(words.buffer)]).toEqual(toPicturesReference(planes, [-1, 1]));
  });
});
