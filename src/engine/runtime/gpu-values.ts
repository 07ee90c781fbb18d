import { assert } from '../../base/assert.ts';
import { halfToFloat } from '../../base/half-float.ts';
import type { Tensor, TensorType } from './tensor-runtime.ts';

type FloatType = 'f32' | 'f16';

/** Types that our kernels calculate with. */
export function floatType(tensor: Tensor): FloatType {
  const { type } = tensor;
  assert(type === 'f32' || type === 'f16', `maths takes floats, not ${type}`);
  return type;
}

/** Types of 1 byte are moved by whole words only. */
export function copyType(type: TensorType): 'u32' | 'f16' {
  assert(type !== 'u8' && type !== 'rgba8', `${type} tensors can't be cut or joined on the GPU`);
  return type === 'f16' ? 'f16' : 'u32';
}

/** Downloaded bytes as float32 values. */
export function toFloats(values: ArrayBuffer, type: TensorType): Float32Array {
  switch (type) {
    case 'f32':
      return new Float32Array(values);
    case 'f16':
      return halfToFloat(new Uint16Array(values));
    case 'i32':
      return new Float32Array(new Int32Array(values));
    case 'u8':
    case 'rgba8':
      return new Float32Array(new Uint8Array(values));
  }
}
