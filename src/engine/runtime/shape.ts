import { assert } from '../../base/assert.ts';
import type { TensorType } from './tensor-runtime.ts';

/** Bytes of one element; a pixel's four channels are four elements of a `rgba8` tensor. */
export const BYTES_PER_ELEMENT: Readonly<Record<TensorType, number>> = {
  f32: 4,
  f16: 2,
  i32: 4,
  u8: 1,
  rgba8: 1,
};

export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
  }
  return count;
}

export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function checkSizes(shape: readonly number[]): void {
  assert(
    shape.every((size) => Number.isInteger(size) && size >= 0),
    `a shape has whole sizes, not ${formatShape(shape)}`,
  );
}

/** A shape seen from one axis: `outer` blocks of `size` rows of `inner` elements. */
type AxisView = { readonly outer: number; readonly size: number; readonly inner: number };

export function viewAxis(shape: readonly number[], axis: number): AxisView {
  const size = shape[axis];
  assert(size !== undefined, `no axis ${axis} in ${formatShape(shape)}`);
  return {
    outer: elementCount(shape.slice(0, axis)),
    size,
    inner: elementCount(shape.slice(axis + 1)),
  };
}

/** The shape with one axis changed. */
export function withAxis(shape: readonly number[], axis: number, size: number): number[] {
  return shape.map((old, at) => (at === axis ? size : old));
}
