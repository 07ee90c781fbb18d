import type { GpuContext } from '../../context.ts';
import { elemBytes, type Elem } from '../../kernel.ts';
import { recordCopyBlocks } from '../copy/copy.ts';
import type { AttentionArgs } from './attention.ts';

/**
 * Heads padded with zeros to a multiple of 4, which changes no logit and gives zeros that are dropped again. `record` gets
 * the padded call; the scale of its logits is the caller's business.
 */
export function padHeads(
  context: GpuContext,
  args: AttentionArgs,
  record: (padded: AttentionArgs) => void,
): void {
  const { elem, batch, queries, heads, headDim } = args;
  const padded = Math.ceil(headDim / 4) * 4;
  const owned: GPUBuffer[] = [];
  const create = (rows: number, label: string): GPUBuffer => {
    const buffer = context.createBuffer(rows * heads * padded * elemBytes(elem), label);
    owned.push(buffer);
    return buffer;
  };
  const pad = (input: GPUBuffer, rows: number): GPUBuffer => {
    const output = create(rows, 'attention padded');
    context.clear(output, rows * heads * padded * elemBytes(elem));
    const blocks = rows * heads;
    const layout = { blocks, inner: headDim, inputStride: headDim, outputStride: padded };
    recordCopyBlocks(context, { elem: copyElem(elem), input, output, ...layout });
    return output;
  };
  const paths = args.paths.map((path) => ({
    ...path,
    banks: path.banks
      .filter((bank) => bank.keys > 0)
      .map((bank) => {
        const rows = bank.entries * bank.keys;
        return { ...bank, k: pad(bank.k, rows), v: pad(bank.v, rows) };
      }),
  }));
  const rows = batch * queries;
  const output = create(rows, 'attention padded output');
  const q = pad(args.q, rows);
  record({ ...args, q, output, paths, headDim: padded });
  recordCopyBlocks(context, {
    elem: copyElem(elem),
    input: output,
    output: args.output,
    blocks: rows * heads,
    inner: headDim,
    inputStride: padded,
    outputStride: headDim,
  });
  for (const buffer of owned) {
    context.release(buffer);
  }
}

function copyElem(elem: 'f32' | 'f16'): Elem {
  return elem === 'f32' ? 'u32' : 'f16';
}
