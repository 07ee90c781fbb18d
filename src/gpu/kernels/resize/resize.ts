import type { Size } from '../../../base/units.ts';
import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import { recordToPictures } from '../pictures/pictures.ts';
import source from './resize.wgsl?raw';

export const resizeKernel: Kernel = {
  name: 'resize',
  source,
  bindings: ['uniform', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{ CHANNELS: 3 }, { CHANNELS: 1 }],
};

export type ResizeArgs = {
  readonly elem: 'f32' | 'f16';
  /** RGBA bytes, or one byte per pixel where `channels` is 1. */
  readonly input: GPUBuffer;
  readonly from: Size;
  readonly to: Size;
  readonly channels: 3 | 1;
  /** Values that stand for bytes 0 and 255. */
  readonly range: readonly [number, number];
  /** [channels, height, width] of `elem`. */
  readonly planes: GPUBuffer;
};

/** Bytes to float planes of another size, not rounded; see `resizePicture`. */
export function recordResize(context: GpuContext, args: ResizeArgs): void {
  const { from, to } = args;
  const data = new DataView(new ArrayBuffer(32));
  [from.width, from.height, to.width, to.height].forEach((value, index) =>
    data.setUint32(index * 4, value, true),
  );
  data.setFloat32(16, args.range[0], true);
  data.setFloat32(20, args.range[1], true);
  const count = to.width * to.height;
  const taps = (from.width / to.width + 2) * (from.height / to.height + 2);
  context.dispatch({
    kernel: resizeKernel,
    elem: args.elem,
    constants: { CHANNELS: args.channels },
    bindings: [{ data }, args.input, args.planes],
    workgroups: linearWorkgroups(count, 64),
    cost: count * taps * 16,
  });
}

/** A picture (RGBA bytes) at another size as a picture. */
export function recordResizePicture(
  context: GpuContext,
  call: { input: GPUBuffer; from: Size; to: Size; output: GPUBuffer },
): void {
  const area = call.to.width * call.to.height;
  const range = [0, 255] as const;
  const planes = context.createBuffer(area * 12, 'resized planes');
  recordResize(context, { ...call, elem: 'f32', channels: 3, range, planes });
  const pictures = { elem: 'f32', planes, pixels: call.output, entries: 1, area, range } as const;
  recordToPictures(context, pictures);
  context.release(planes);
}
