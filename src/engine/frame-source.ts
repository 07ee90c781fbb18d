import { must } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import type { Size } from '../base/units.ts';
import { rasteriseMask } from '../gpu/kernels/mask/mask.cpu.ts';
import { resizeMask, resizePicture } from '../gpu/kernels/resize/resize.cpu.ts';
import type { ClipReader } from '../media/clip-reader.ts';
import type { Project } from '../project/document.ts';
import { evaluateMask } from '../project/evaluate.ts';
import type { EditResult } from '../protocol/engine.ts';
import type { Picture } from '../protocol/media.ts';
import type { Renderer } from '../render/renderer.ts';
import { steeringMask, type EditPlan } from './edit-plan.ts';

export type FrameSourceOptions = {
  readonly clip: ClipReader;
  readonly project: Project;
  readonly plan: EditPlan;
  readonly renderer: Renderer;
  readonly latentSize: Size;
  readonly signal: AbortSignal;
};

/** An edit's source: the picture below it in the stack, at model size, and its mask at latent size. */
export class FrameSource {
  readonly #options: FrameSourceOptions;
  readonly #below: Project;
  /** The last mask: most don't move, and drawing one at source size is dear. */
  #mask: { readonly key: string; readonly values: Float32Array } | null = null;

  constructor(options: FrameSourceOptions) {
    this.#options = options;
    const { project, plan } = options;
    const ids = new Set(plan.below.map(({ editId }) => editId));
    this.#below = { ...project, edits: project.edits.filter(({ id }) => ids.has(id)) };
  }

  /** Pictures of frames (numbers within the clip) in order; a repeated frame is decoded once. */
  async pictures(frames: readonly number[]): Promise<Picture[]> {
    const made = new Map<number, Picture>();
    for (const frame of new Set(frames)) {
      made.set(frame, await this.#picture(frame));
    }
    return frames.map((frame) => must(made.get(frame), `frame ${frame}`));
  }

  /** Masks [frames, 1, h, w], 0 to 1, area means at latent size; null where the edit has none. */
  masks(frames: readonly number[]): Float32Array<ArrayBuffer> | null {
    const { plan, clip, latentSize } = this.#options;
    const track = steeringMask(plan.edit.mask);
    if (track === null) {
      return null;
    }
    const count = latentSize.width * latentSize.height;
    const values = new Float32Array(frames.length * count);
    frames.forEach((frame, i) => {
      const shape = evaluateMask(track, must(clip.times[frame], 'a frame time'));
      const key = JSON.stringify(shape);
      if (this.#mask?.key !== key) {
        const { width, height } = clip.info;
        const size = { width, height };
        const drawn = resizeMask(rasteriseMask(shape, size), size, latentSize);
        this.#mask = { key, values: drawn.map((value) => value / 255) };
      }
      values.set(this.#mask.values, i * count);
    });
    return values;
  }

  async #picture(index: number): Promise<Picture> {
    const { clip, plan, renderer, signal } = this.#options;
    const frame = await clip.frame(index, signal);
    const results: readonly EditResult[] = plan.below;
    if (results.length === 0) {
      return resizePicture(frame.picture, plan.modelSize);
    }
    const { picture, state } = await renderer.render(this.#below, results, plan.edit.clipId, frame);
    if (state === 'missing') {
      throw new AppError(
        'edit/below-missing',
        `It has no picture at frame ${index} yet: run it first, or switch it off.`,
      );
    }
    return resizePicture(picture, plan.modelSize);
  }
}
