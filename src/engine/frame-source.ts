import { must } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import type { Size } from '../base/units.ts';
import { rasteriseMask } from '../gpu/kernels/mask/mask.cpu.ts';
import { resizeMask, resizePicture } from '../gpu/kernels/resize/resize.cpu.ts';
import type { ClipReader } from '../media/clip-reader.ts';
import type { MaskTrack, Project } from '../project/document.ts';
import { evaluateMask } from '../project/evaluate.ts';
import { steeringMask } from '../project/mask-name.ts';
import type { EditResult } from '../protocol/engine.ts';
import type { Picture } from '../protocol/media.ts';
import type { Renderer } from '../render/renderer.ts';
import type { EditPlan } from './edit-plan.ts';

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
  /** The last mask of each size: most don't move, and drawing one at source size is dear. */
  readonly #masks = new Map<string, { readonly shape: string; readonly values: Float32Array }>();

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
    return this.#drawAll(frames, this.#options.latentSize);
  }

  /** The same at model size. */
  pictureMasks(frames: readonly number[]): Float32Array<ArrayBuffer> | null {
    return this.#drawAll(frames, this.#options.plan.modelSize);
  }

  #drawAll(frames: readonly number[], size: Size): Float32Array<ArrayBuffer> | null {
    const track = steeringMask(this.#options.plan.edit.mask);
    if (track === null) {
      return null;
    }
    const count = size.width * size.height;
    const values = new Float32Array(frames.length * count);
    frames.forEach((frame, i) => values.set(this.#draw(track, frame, size), i * count));
    return values;
  }

  #draw(track: MaskTrack, frame: number, size: Size): Float32Array {
    const { clip } = this.#options;
    const evaluated = evaluateMask(track, must(clip.times[frame], 'a frame time'));
    const shape = JSON.stringify(evaluated);
    const key = `${size.width}x${size.height}`;
    const known = this.#masks.get(key);
    if (known?.shape === shape) {
      return known.values;
    }
    const { width, height } = clip.info;
    const source = { width, height };
    const drawn = resizeMask(rasteriseMask(evaluated, source), source, size);
    const values = drawn.map((value) => value / 255);
    this.#masks.set(key, { shape, values });
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
