import { DisposalScope, type Disposable } from '../base/disposal.ts';
import { growMask, maskOfLevel } from '../diffusion/query-mask.ts';
import type { Manifest } from '../models/manifest.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

/** Per level of the U-Net which queries are attended for: [branches * frames, tokens], 1 or 0. */
export type QueryMasks = Disposable & { readonly levels: ReadonlyMap<number, Tensor> };

/**
 * Masks of the latents [frames, 1, h, w] grown by `halo` places, for every level with an attention site. What lies outside
 * gets no attention at all; as convolutions and keys carry that inside, a small halo changes results there, and one as wide
 * as the latents changes nothing. The caller owns the result.
 */
export async function planQueryMasks(
  runtime: TensorRuntime,
  { segments, branches }: Manifest,
  mask: Tensor,
  halo: number,
): Promise<QueryMasks> {
  const [frames = 0, , height = 0, width = 0] = mask.shape;
  const values = await runtime.download(mask);
  const area = height * width;
  const grown = Array.from({ length: frames }, (_, frame) =>
    growMask(values.subarray(frame * area, (frame + 1) * area), width, halo),
  );
  const levels = new Map<number, Tensor>();
  const scope = new DisposalScope();
  try {
    for (const level of new Set(segments.flatMap(({ site }) => site?.level ?? []))) {
      const pooled = grown.map((one) => maskOfLevel(one, width, level));
      const tokens = pooled[0]?.length ?? 0;
      const all = new Float32Array(branches.length * frames * tokens);
      for (let entry = 0; entry < branches.length * frames; entry++) {
        all.set(pooled[entry % frames] ?? [], entry * tokens);
      }
      const tensor = runtime.upload(all, [branches.length * frames, tokens], 'f32');
      levels.set(level, scope.own(tensor));
    }
  } catch (error) {
    scope.dispose();
    throw error;
  }
  return { levels, dispose: () => scope.dispose() };
}
