import {
  packSafetensors,
  pseudoRandom,
  type TinyFiles,
  type TinyTensor,
} from './tiny-checkpoint.ts';

/** Motion modules of `tinyCheckpoint`: module path and channels. */
const MODULES = [
  ['down_blocks.0.motion_modules.0', 8],
  ['down_blocks.1.motion_modules.0', 16],
  ['mid_block.motion_modules.0', 16],
  ['up_blocks.0.motion_modules.0', 16],
  ['up_blocks.0.motion_modules.1', 16],
  ['up_blocks.1.motion_modules.0', 8],
  ['up_blocks.1.motion_modules.1', 8],
] as const;
export const TINY_FRAMES = 6;

function moduleShapes(path: string, channels: number): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  const layer = (name: string, ...shape: readonly number[]): void => {
    shapes[`${path}.${name}.weight`] = shape;
    shapes[`${path}.${name}.bias`] = shape.slice(0, 1);
  };
  const block = 'transformer_blocks.0';
  layer('norm', channels);
  layer('proj_in', channels, channels);
  for (const name of ['attn1', 'attn2']) {
    for (const part of ['to_q', 'to_k', 'to_v']) {
      shapes[`${path}.${block}.${name}.${part}.weight`] = [channels, channels];
    }
    layer(`${block}.${name}.to_out.0`, channels, channels);
  }
  for (const name of ['norm1', 'norm2', 'norm3']) {
    layer(`${block}.${name}`, channels);
  }
  layer(`${block}.ff.net.0.proj`, channels * 8, channels);
  layer(`${block}.ff.net.2`, channels, channels * 4);
  layer('proj_out', channels, channels);
  return shapes;
}

/** A motion adapter for `tinyCheckpoint` with random weights, without position tables; `change` may alter its tensors. */
export function tinyMotionAdapter(
  change: (tensors: Record<string, TinyTensor>) => void = () => undefined,
): TinyFiles {
  const tensors: Record<string, TinyTensor> = {};
  MODULES.forEach(([path, channels], at) => {
    Object.entries(moduleShapes(path, channels)).forEach(([name, shape], index) => {
      const count = shape.reduce((product, side) => product * side, 1);
      tensors[name] = { shape, values: pseudoRandom(count, at * 100 + index, 0.5) };
    });
  });
  change(tensors);
  const config = {
    _class_name: 'MotionAdapter',
    block_out_channels: [8, 16],
    motion_layers_per_block: 1,
    motion_num_attention_heads: 2,
    motion_norm_num_groups: 4,
    motion_max_seq_length: TINY_FRAMES,
  };
  return new Map([
    ['motion_adapter/config.json', new TextEncoder().encode(JSON.stringify(config))],
    ['motion_adapter/diffusion_pytorch_model.safetensors', packSafetensors(tensors)],
  ]);
}
