import type { Size } from '../../../base/units.ts';
import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import { geometryOf, type MaskShape } from './mask-shape.ts';
import source from './mask.wgsl?raw';

export const maskKernel: Kernel = {
  name: 'mask',
  source,
  bindings: ['uniform', 'write'],
  elems: ['f32'],
  variants: [{}],
};

/** Rasterises into `output`: one byte per pixel, rows without padding, the whole rounded up to 4 bytes. */
export function recordMask(
  context: GpuContext,
  call: { shape: MaskShape; size: Size; output: GPUBuffer },
): void {
  const { shape, size, output } = call;
  const isEmpty = shape.width <= 0 || shape.height <= 0;
  const count = size.width * size.height;
  // An empty box is drawn as one so far away that no pixel is inside.
  const geometry = isEmpty
    ? { centreX: -1e6, centreY: -1e6, halfWidth: 1, halfHeight: 1, rim: 1 }
    : geometryOf(shape, size);
  const data = new DataView(new ArrayBuffer(48));
  data.setUint32(0, size.width, true);
  data.setUint32(4, count, true);
  data.setUint32(8, (shape.kind === 'ellipse' ? 1 : 0) | (shape.invert ? 2 : 0), true);
  data.setFloat32(16, geometry.centreX, true);
  data.setFloat32(20, geometry.centreY, true);
  data.setFloat32(24, geometry.halfWidth, true);
  data.setFloat32(28, geometry.halfHeight, true);
  data.setFloat32(32, geometry.rim, true);
  context.dispatch({
    kernel: maskKernel,
    elem: 'f32',
    bindings: [{ data }, output],
    workgroups: linearWorkgroups(Math.ceil(count / 4), 64),
    cost: count * 30,
  });
}
