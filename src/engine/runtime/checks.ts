import { assert } from '../../base/assert.ts';
import type { AttentionMapSizes } from '../../gpu/kernels/attention-map/attention-map.ts';
import { elementCount, formatShape, isSameShape, viewAxis, withAxis } from './shape.ts';
import type {
  AttentionCall,
  AttentionMapCall,
  Bank,
  Tensor,
  TensorType,
} from './tensor-runtime.ts';

/** What every call of a runtime demands of its tensors, checked alike on both devices. */

const ELEMENT_ARRAYS: Readonly<Record<TensorType, readonly string[]>> = {
  f32: ['Float32Array'],
  f16: ['Uint16Array', 'Float16Array'],
  i32: ['Int32Array'],
  u8: ['Uint8Array', 'Uint8ClampedArray'],
  rgba8: ['Uint8Array', 'Uint8ClampedArray'],
};

export function checkUpload(
  data: ArrayBufferView,
  shape: readonly number[],
  type: TensorType,
): void {
  const name = data.constructor.name;
  assert(
    ELEMENT_ARRAYS[type].includes(name),
    `a ${type} tensor is made from ${ELEMENT_ARRAYS[type].join(' or ')}, not ${name}`,
  );
  const { length } = data as Uint8Array;
  assert(
    length === elementCount(shape),
    `${formatShape(shape)} takes ${elementCount(shape)} elements, not ${length}`,
  );
}

export function checkType(tensor: Tensor, type: TensorType, what: string): void {
  assert(tensor.type === type, `${what} is ${type}, not ${tensor.type}`);
}

/** The sizes of an attention call, after all its shapes were checked. */
export type AttentionSizes = {
  readonly batch: number;
  readonly queries: number;
  readonly channels: number;
};

function checkBank(bank: Bank, batch: number, channels: number): void {
  const [entries, keys, width] = bank.k.shape;
  assert(
    bank.k.shape.length === 3 && isSameShape(bank.k.shape, bank.v.shape),
    `k and v are alike and of rank 3, not ${formatShape(bank.k.shape)} and ${formatShape(bank.v.shape)}`,
  );
  assert(width === channels, `a bank has ${channels} channels, not ${width}`);
  assert(
    entries !== undefined && keys !== undefined && entries > 0 && batch % entries === 0,
    `the entries of a bank (${entries}) divide the batch (${batch})`,
  );
  const counts = bank.keyCounts;
  if (counts !== undefined) {
    assert(counts.length === batch, `keyCounts has one number per entry of q (${batch})`);
    assert(
      counts.every((count) => Number.isInteger(count) && count >= 0 && count <= keys),
      `keyCounts are from 0 to ${keys}, not ${counts.join(', ')}`,
    );
  }
  if (bank.keyWeights !== undefined) {
    assert(
      isSameShape(bank.keyWeights.shape, [entries, keys]),
      `keyWeights is ${formatShape([entries, keys])}, not ${formatShape(bank.keyWeights.shape)}`,
    );
  }
}

export function checkAttention(call: AttentionCall): AttentionSizes {
  const [batch = 0, queries = 0, channels = 0] = call.q.shape;
  assert(call.q.shape.length === 3, `q has rank 3, not ${formatShape(call.q.shape)}`);
  assert(
    call.headDim >= 1 && call.headDim <= 160 && channels === call.heads * call.headDim,
    `q has heads x headDim channels (${call.heads} x ${call.headDim}), not ${channels}`,
  );
  for (const path of call.paths) {
    for (const bank of path.banks) {
      checkBank(bank, batch, channels);
    }
  }
  if (call.queryMask !== undefined) {
    assert(
      isSameShape(call.queryMask.shape, [batch, queries]),
      `queryMask is ${formatShape([batch, queries])}, not ${formatShape(call.queryMask.shape)}`,
    );
  }
  return { batch, queries, channels };
}

/** The sizes of a map call, after its shapes were checked. */
export function checkAttentionMap(call: AttentionMapCall): AttentionMapSizes {
  const { q, k, heads, headDim, tokens } = call;
  const [batch = 0, queries = 0, channels = 0] = q.shape;
  const [entries = 0, keys = 0, width = 0] = k.shape;
  assert(
    q.shape.length === 3 && k.shape.length === 3 && channels === heads * headDim,
    `q and k have heads x headDim channels (${heads} x ${headDim}), not ${formatShape(q.shape)}`,
  );
  assert(width === channels, `k has ${channels} channels, not ${width}`);
  return { batch, queries, entries, keys, heads, headDim, chosen: tokens };
}

/** Every tensor a call reads. */
export function attentionInputs(call: AttentionCall): Tensor[] {
  const banks = call.paths.flatMap((path) => path.banks);
  return [
    call.q,
    ...(call.queryMask === undefined ? [] : [call.queryMask]),
    ...banks.flatMap((bank) => [
      bank.k,
      bank.v,
      ...(bank.keyWeights === undefined ? [] : [bank.keyWeights]),
    ]),
  ];
}

export type CombineTerm = {
  readonly tensor: Tensor;
  readonly scale: number | readonly number[];
};

/** The common shape of the terms. */
export function checkCombine(terms: readonly CombineTerm[]): readonly number[] {
  const shape = terms[0]?.tensor.shape;
  assert(shape !== undefined, 'combine takes at least one term');
  for (const { tensor, scale } of terms) {
    assert(
      isSameShape(tensor.shape, shape),
      `combined tensors have one shape, not ${formatShape(shape)} and ${formatShape(tensor.shape)}`,
    );
    assert(
      typeof scale === 'number' || scale.length === shape[0],
      `a list of scales has one per entry (${shape[0]})`,
    );
  }
  return shape;
}

export function checkConcat(parts: readonly Tensor[], axis: number): number[] {
  const first = parts[0];
  assert(first !== undefined, 'concat takes at least one part');
  let size = 0;
  for (const part of parts) {
    size += viewAxis(part.shape, axis).size;
    assert(
      part.type === first.type &&
        isSameShape(withAxis(part.shape, axis, 0), withAxis(first.shape, axis, 0)),
      `parts differ along axis ${axis} only, not ${formatShape(first.shape)} and ${formatShape(part.shape)}`,
    );
  }
  return withAxis(first.shape, axis, size);
}

export function checkSlice(tensor: Tensor, axis: number, from: number, to: number): number[] {
  const { size } = viewAxis(tensor.shape, axis);
  assert(
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= size,
    `a slice of axis ${axis} of ${formatShape(tensor.shape)} can't be ${from} to ${to}`,
  );
  return withAxis(tensor.shape, axis, to - from);
}

export function checkRepeat(tensor: Tensor, times: number): number[] {
  const [entries] = tensor.shape;
  assert(entries !== undefined, 'a scalar has no axis to repeat');
  assert(
    Number.isInteger(times) && times >= 1,
    `a tensor is repeated 1 time or more, not ${times}`,
  );
  return withAxis(tensor.shape, 0, entries * times);
}

export function checkMix(a: Tensor, b: Tensor, mask: Tensor): void {
  const [frames = 0, , height = 0, width = 0] = a.shape;
  assert(
    a.shape.length === 4 && isSameShape(a.shape, b.shape),
    `mixed tensors are [frames, c, h, w] and alike, not ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
  );
  assert(
    isSameShape(mask.shape, [frames, 1, height, width]),
    `the mask is ${formatShape([frames, 1, height, width])}, not ${formatShape(mask.shape)}`,
  );
}

export function checkPictures(images: Tensor): { count: number; height: number; width: number } {
  const [count = 0, channels, height = 0, width = 0] = images.shape;
  assert(
    images.shape.length === 4 && channels === 3,
    `pictures are made from [n, 3, h, w], not ${formatShape(images.shape)}`,
  );
  return { count, height, width };
}
