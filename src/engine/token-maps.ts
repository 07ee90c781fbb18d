import { must } from '../base/assert.ts';
import type { Disposable } from '../base/disposal.ts';
import type { AttentionSite } from '../models/manifest.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { TokenReader } from './unet.ts';

/** [entries, tokens, height, width] over branches x frames, at the size of the latents; 0 to 1. */
export type TokenMap = {
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
};

/**
 * Where in the picture some words of the prompt are attended to: the shares of their tokens at every cross-attention site of
 * one evaluation or several, averaged over sites. Passed to `predict` as its `tokenReader`.
 */
export class TokenMaps implements TokenReader, Disposable {
  readonly tokens: readonly number[];
  readonly #runtime: TensorRuntime;
  readonly #pins: Readonly<Record<string, number>>;
  #maps: { readonly level: number; readonly map: Tensor }[] = [];

  /** `pins`: the sizes of the model's levels, as `planPins` gives them. */
  constructor(
    runtime: TensorRuntime,
    pins: Readonly<Record<string, number>>,
    tokens: readonly number[],
  ) {
    this.#runtime = runtime;
    this.#pins = pins;
    this.tokens = tokens;
  }

  readonly read = (site: AttentionSite, map: Tensor): void => {
    this.#maps.push({ level: site.level, map });
  };

  /** The mean of what was read, each site enlarged to the latents' grid by repetition. Fails where nothing was read. */
  async average(): Promise<TokenMap> {
    const [entries = 0] = must(this.#maps[0], 'a site that was read').map.shape;
    const { height, width } = this.#grid(0);
    const count = this.tokens.length;
    const values = new Float32Array(entries * count * height * width);
    for (const { level, map } of this.#maps) {
      const shares = await this.#runtime.download(map);
      const grid = this.#grid(level);
      const scale = 1 / this.#maps.length;
      forEachPlace([entries, count, height, width], (at, [entry, token, y, x]) => {
        const row = Math.floor((y * grid.height) / height);
        const column = Math.floor((x * grid.width) / width);
        const place = (entry * grid.height + row) * grid.width + column;
        values[at] = (values[at] ?? 0) + scale * (shares[place * count + token] ?? Number.NaN);
      });
    }
    return { shape: [entries, count, height, width], values };
  }

  dispose(): void {
    this.#maps.forEach(({ map }) => map.dispose());
    this.#maps = [];
  }

  #grid(level: number): { readonly height: number; readonly width: number } {
    return {
      height: must(this.#pins[`height_${level}`], `height of level ${level}`),
      width: must(this.#pins[`width_${level}`], `width of level ${level}`),
    };
  }
}

type Place = readonly [entry: number, token: number, y: number, x: number];

function forEachPlace(
  [entries, tokens, height, width]: Place,
  visit: (at: number, place: Place) => void,
): void {
  let at = 0;
  for (let entry = 0; entry < entries; entry++) {
    for (let token = 0; token < tokens; token++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          visit(at++, [entry, token, y, x]);
        }
      }
    }
  }
}
