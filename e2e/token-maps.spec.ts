import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawNoise } from '../src/diffusion/noise.ts';
import { planPins, type DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { TokenMaps } from '../src/engine/token-maps.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const [CHANNELS, SIDE, FRAMES] = [4, 8, 2];

let runtime: CpuRuntime;
let model: DiffusionModel;

beforeAll(async () => {
  runtime = createNodeRuntime();
  model = await loadTinyModel(runtime, 'none');
});

afterAll(() => {
  model.dispose();
  runtime.dispose();
});

describe("maps of the prompt's tokens", () => {
  it('say for every place of the latents how attention is shared, and leave the result alone', async () => {
    const { maxTokens } = model.manifest.text;
    const before = runtime.bytes.live;
    const rows = model.branches * FRAMES;
    const input = runtime.upload(
      drawNoise({ seed: 3, role: 'init', step: 0 }, rows * CHANNELS * SIDE * SIDE),
      [rows, CHANNELS, SIDE, SIDE],
      'f32',
    );
    const predict = async (tokenReader?: TokenMaps): Promise<Float32Array> => {
      const output = await model.predict({
        input,
        timestep: 500,
        selfAttention: (_, own) => [own],
        ...(tokenReader === undefined ? {} : { tokenReader }),
        signal: new AbortController().signal,
      });
      const values = await runtime.download(output);
      output.dispose();
      return values;
    };
    const pins = planPins(model.manifest, model.size);
    const all = new TokenMaps(
      runtime,
      pins,
      Array.from({ length: maxTokens }, (_, i) => i),
    );
    const some = new TokenMaps(runtime, pins, [1, 0]);
    const watched = await predict(all);
    await predict(some);
    expect(watched).toEqual(await predict());
    const whole = await all.average();
    const part = await some.average();
    const area = SIDE * SIDE;
    expect(whole.shape).toEqual([rows, maxTokens, SIDE, SIDE]);
    expect(part.shape).toEqual([rows, 2, SIDE, SIDE]);
    for (let entry = 0; entry < rows; entry++) {
      const at = (maps: typeof whole, token: number) => {
        const from = (entry * maps.shape[1] + token) * area;
        return maps.values.subarray(from, from + area);
      };
      expect(at(part, 0)).toEqual(at(whole, 1));
      expect(at(part, 1)).toEqual(at(whole, 0));
      const sums = new Float32Array(area);
      for (let token = 0; token < maxTokens; token++) {
        at(whole, token).forEach((value, i) => {
          expect(value).toBeGreaterThan(0);
          sums[i] = (sums[i] ?? 0) + value;
        });
      }
      sums.forEach((sum) => expect(sum).toBeCloseTo(1, 4));
    }
    all.dispose();
    some.dispose();
    input.dispose();
    expect(runtime.bytes.live).toBe(before);
  });
});
