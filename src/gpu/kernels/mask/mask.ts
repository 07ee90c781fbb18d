import type { Size } from '../../../base/units.ts';
import type { Binding, GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import { planMask, type MaskProgram, type MaskStep } from './mask-program.ts';
import type { Combine, MaskShape } from './mask-shape.ts';
import source from './mask.wgsl?raw';

export const maskKernel: Kernel = {
  name: 'mask',
  source,
  bindings: ['uniform', 'read', 'read', 'write'],
  elems: ['f32'],
  variants: [{}],
};

const KINDS = { nothing: 0, rectangle: 1, ellipse: 2, path: 3, stroke: 4 } as const;
const ENDS = { add: 1, subtract: 2, intersect: 3 } as const satisfies Record<Combine, number>;
/** Floats of a step, as in the shader's `Step`. */
const STEP_FLOATS = 16;
/** What the parameters of one dispatch may take; more edges get a buffer of their own. */
const MOST_PARAMETER_BYTES = 128 * 1024;
/** Operations of a pixel per step, and per edge. */
const STEP_COST = 30;
const EDGE_COST = 20;

/** Rasterises into `output`: one byte per pixel, rows without padding, the whole rounded up to 4 bytes. */
export function recordMask(
  context: GpuContext,
  call: { shape: MaskShape; size: Size; output: GPUBuffer },
): void {
  const { shape, size, output } = call;
  const program = planMask(shape, size);
  const edges = Float32Array.from(program.edges.length === 0 ? [0, 0, 0, 0] : program.edges);
  const held = holdEdges(context, edges);
  const steps = { data: encodeSteps(program.steps) };
  const words = Math.ceil((size.width * size.height) / 4);
  const costPerWord =
    4 * (program.steps.length * STEP_COST + (program.edges.length / 4) * EDGE_COST + 1);
  const most = Math.max(64, Math.floor(context.costPerSubmit / costPerWord / 64) * 64);
  for (let first = 0; first < words; first += most) {
    const count = Math.min(most, words - first);
    context.dispatch({
      kernel: maskKernel,
      elem: 'f32',
      bindings: [{ data: encodeParams(program, size, first, count) }, steps, held, output],
      workgroups: linearWorkgroups(count, 64),
      cost: count * costPerWord,
    });
  }
  if (!('data' in held)) {
    context.release(held);
  }
}

function holdEdges(context: GpuContext, edges: Float32Array): Binding {
  if (edges.byteLength <= MOST_PARAMETER_BYTES) {
    return { data: edges };
  }
  const buffer = context.createBuffer(edges.byteLength, 'mask edges');
  context.write(buffer, edges);
  return buffer;
}

function encodeParams(
  program: MaskProgram,
  size: Size,
  firstWord: number,
  words: number,
): Uint32Array {
  const flags = (program.startsFull ? 1 : 0) | (program.invert ? 2 : 0);
  const { width, height } = size;
  return Uint32Array.of(width, width * height, firstWord, words, program.steps.length, flags, 0, 0);
}

function encodeSteps(steps: readonly MaskStep[]): Float32Array {
  const data = new Float32Array(Math.max(1, steps.length) * STEP_FLOATS);
  steps.forEach((step, i) => {
    const ends = step.ends === null ? 0 : ENDS[step.ends];
    const flags = (step.begins ? 1 : 0) | (step.erase ? 2 : 0);
    data.set([KINDS[step.kind], flags, ends, step.grow, step.rim], i * STEP_FLOATS);
    data.set(placeOf(step), i * STEP_FLOATS + 5);
  });
  return data;
}

/** Radius and edges, or turn; then box. */
function placeOf(step: MaskStep): readonly number[] {
  switch (step.kind) {
    case 'nothing':
      return [];
    case 'rectangle':
    case 'ellipse':
      return [0, step.cos, step.sin, step.centreX, step.centreY, step.halfWidth, step.halfHeight];
    case 'path':
    case 'stroke': {
      const { left, top, right, bottom } = step.bounds;
      return [step.radius, step.from, step.to, left, top, right, bottom];
    }
  }
}
