import {
  clipDirectionScore,
  clipFrameScore,
  clipTextScore,
  type Embedding,
} from '../../src/diffusion/metrics/clip-scores.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import type { ClipModel } from './clip-model.ts';

/** null: its captions were not given. */
export type ClipScores = {
  readonly frame: number;
  readonly text: number | null;
  readonly direction: number | null;
};

export type Captions = { readonly source: string | null; readonly edited: string | null };

/** CLIP's scores frame by frame: it keeps a row of numbers per frame. The model is borrowed. */
export class ClipMeter {
  readonly #model: ClipModel;
  readonly #captions: Captions;
  readonly #source: Embedding[] = [];
  readonly #edited: Embedding[] = [];

  constructor(model: ClipModel, captions: Captions) {
    this.#model = model;
    this.#captions = captions;
  }

  async push(source: Picture, edited: Picture): Promise<void> {
    this.#edited.push(await this.#model.embedPicture(edited));
    if (this.#captions.source !== null) {
      this.#source.push(await this.#model.embedPicture(source));
    }
  }

  /** Of two frames at least. */
  async result(): Promise<ClipScores> {
    const embed = async (caption: string | null) =>
      caption === null ? null : await this.#model.embedText(caption);
    const edited = await embed(this.#captions.edited);
    const source = await embed(this.#captions.source);
    return {
      frame: clipFrameScore(this.#edited),
      text: edited === null ? null : clipTextScore(this.#edited, edited),
      direction:
        edited === null || source === null
          ? null
          : clipDirectionScore({ source: this.#source, edited: this.#edited }, { source, edited }),
    };
  }
}
