import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseClipVisionConfig } from './nets/clip-config.ts';
import { planClipVision } from './nets/clip-vision.ts';
import { planVae } from './nets/vae.ts';
import type { GraphPlan } from './onnx/graph-series.ts';
import { graphFile } from './pack-unet.ts';
import { WeightCoder, type Quantisation } from './quantise/weight-coder.ts';
import { Weights } from './reading/weights.ts';
import { compare, Golden, renderFiles, type Plain } from './testing/golden.ts';
import { OracleGraph } from './testing/run-graph.ts';

const GOLDENS = fileURLToPath(new URL('../../../shared/goldens', import.meta.url));
const kl = new Golden(`${GOLDENS}/11-vae-kl`);
const tiny = new Golden(`${GOLDENS}/12-vae-tiny`);
const vision = new Golden(`${GOLDENS}/14-clip-vision`);

async function load(plan: GraphPlan): Promise<OracleGraph> {
  const files = await renderFiles([graphFile('graph', plan)]);
  return OracleGraph.load(files.get('graph') ?? new Uint8Array());
}

function worst(golden: Golden, got: Plain | undefined, wanted: Plain | undefined): number {
  const { atol, rtol } = golden.tolerance.fp32;
  return compare(got as Plain, wanted as Plain, atol, rtol).worst;
}

async function vaeRuns(golden: Golden, weights: Weights, quantisation: Quantisation) {
  const plan = planVae(golden.json('config.json'), weights, new WeightCoder(quantisation));
  const [encoder, decoder] = [await load(plan.encoder), await load(plan.decoder)];
  const inputs = await golden.tensors('inputs.safetensors');
  const runs = Object.keys(inputs).filter((key) => key.endsWith('.image'));
  const made: Record<string, Plain> = {};
  for (const run of runs.map((key) => key.slice(0, -'image'.length))) {
    const encoded = await encoder.run({ image: inputs[`${run}image`] as Plain });
    const decoded = await decoder.run({ latents: inputs[`${run}latent`] as Plain });
    for (const [name, value] of Object.entries({ ...encoded, ...decoded })) {
      made[`${run}${name}`] = value;
    }
  }
  await encoder.dispose();
  await decoder.dispose();
  return made;
}

describe('AutoencoderKL', () => {
  it.each(['new', 'old'])('matches in every run with %s attention names', async (names) => {
    const weights =
      names === 'new'
        ? await kl.weights()
        : new Weights('VAE', [
            await kl.file('weights.safetensors'),
            await kl.file('old_attention_names.safetensors'),
          ]);
    const made = await vaeRuns(kl, weights, 'f32');
    const outputs = await kl.tensors('outputs.safetensors');
    for (const run of ['a.', 'b.']) {
      expect(worst(kl, made[`${run}latents`], outputs[`${run}mean`])).toBeLessThanOrEqual(1);
      expect(worst(kl, made[`${run}logvar`], outputs[`${run}logvar`])).toBeLessThanOrEqual(1);
      expect(worst(kl, made[`${run}image`], outputs[`${run}decoded`])).toBeLessThanOrEqual(1);
    }
    expect(names === 'new' ? weights.unused : []).toEqual([]);
  });
});

describe('AutoencoderTiny', () => {
  it('matches in every run', async () => {
    const weights = await tiny.weights();
    const made = await vaeRuns(tiny, weights, 'f32');
    const outputs = await tiny.tensors('outputs.safetensors');
    for (const run of ['a.', 'b.']) {
      expect(worst(tiny, made[`${run}latents`], outputs[`${run}encoded`])).toBeLessThanOrEqual(1);
      expect(worst(tiny, made[`${run}image`], outputs[`${run}decoded`])).toBeLessThanOrEqual(1);
    }
    expect(weights.unused).toEqual([]);
  });
});

describe('8-bit weights', () => {
  it.each([
    [kl, 'decoded'],
    [tiny, 'decoded'],
  ] as const)('keep pictures at 20 dB', async (golden, name) => {
    const made = await vaeRuns(golden, await golden.weights(), 'q8');
    const outputs = await golden.tensors('outputs.safetensors');
    expect(compare(made['a.image'] as Plain, outputs[`a.${name}`] as Plain).snr).toBeGreaterThan(
      20,
    );
  });
});

describe('CLIP vision', () => {
  it('matches hidden states and the embedding', async () => {
    const weights = await vision.weights();
    const config = parseClipVisionConfig(vision.json('config.json'));
    const graph = await load(planClipVision(config, weights, new WeightCoder('f32')));
    const inputs = await vision.tensors('inputs.safetensors');
    const outputs = await vision.tensors('outputs.safetensors');
    const made = await graph.run({ image: inputs['pixel_values'] as Plain });
    expect(worst(vision, made['penultimate'], outputs['penultimate'])).toBeLessThanOrEqual(1);
    expect(worst(vision, made['last'], outputs['last_hidden_state'])).toBeLessThanOrEqual(1);
    expect(worst(vision, made['embedding'], outputs['image_embeds'])).toBeLessThanOrEqual(1);
    const black = await graph.run({
      image: { dims: [1, 3, 56, 56], data: new Float32Array(3 * 56 * 56) },
    });
    const zero = outputs['zero_image.penultimate'];
    expect(worst(vision, black['penultimate'], zero)).toBeLessThanOrEqual(1);
    expect(weights.unused.filter((name) => !name.endsWith('position_ids'))).toEqual([]);
    await graph.dispose();
  });
});
