import { assert } from '../base/assert.ts';

export type TimeEmbeddingConfig = {
  readonly channels: number;
  readonly flipSinToCos: boolean;
  readonly freqShift: number;
};

const MAX_PERIOD = 10_000;

/**
 * The sinusoidal embedding of diffusers' `Timesteps`: [timesteps, channels], sines first unless flipped, a zero last
 * when `channels` is odd. Computed in doubles here because sine and cosine on GPUs differ by 1e-4 already for small arguments.
 */
export function timeEmbedding(
  timesteps: readonly number[],
  config: TimeEmbeddingConfig,
): Float32Array<ArrayBuffer> {
  const half = Math.floor(config.channels / 2);
  assert(
    half > config.freqShift,
    `${config.channels} channels are too few for a frequency shift of ${config.freqShift}`,
  );
  return sinusoids(timesteps, config.channels, half - config.freqShift, config.flipSinToCos);
}

/** The guidance-scale embedding that latent consistency models take beside the timestep: [1, channels], sines first. */
export function guidanceEmbedding(guidance: number, channels: number): Float32Array<ArrayBuffer> {
  const half = Math.floor(channels / 2);
  assert(half > 1, `${channels} channels are too few for a guidance embedding`);
  return sinusoids([guidance * 1000], channels, half - 1, false);
}

function sinusoids(
  positions: readonly number[],
  channels: number,
  divisor: number,
  cosinesFirst: boolean,
): Float32Array<ArrayBuffer> {
  const half = Math.floor(channels / 2);
  const values = new Float32Array(positions.length * channels);
  positions.forEach((position, row) => {
    for (let i = 0; i < half; i++) {
      const angle = position * Math.exp((-Math.log(MAX_PERIOD) * i) / divisor);
      const first = row * channels + i;
      values[first] = cosinesFirst ? Math.cos(angle) : Math.sin(angle);
      values[first + half] = cosinesFirst ? Math.sin(angle) : Math.cos(angle);
    }
  });
  return values;
}
