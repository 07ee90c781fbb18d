import { gaussian } from '../base/rng.ts';

/** `init` noises the source once; `ancestral` is drawn by samplers that add noise at a step. */
export type NoiseRole = 'init' | 'ancestral';

export type NoiseKey = {
  readonly seed: number;
  readonly role: NoiseRole;
  readonly step: number;
  /** Only for the mode `independent`: draws per frame. Without it all frames, anchors included, share one draw. */
  readonly frame?: number;
};

const ROLE_WORD = { init: 0, ancestral: 1 } as const;

/** One draw of standard normal noise for a latent of `count` values: a pure function of the key. */
export function drawNoise(key: NoiseKey, count: number): Float32Array<ArrayBuffer> {
  // 0 names the shared draw, so frame numbers start at 1.
  const frame = key.frame === undefined ? 0 : key.frame + 1;
  return gaussian(key.seed, [ROLE_WORD[key.role], key.step, frame], count);
}
