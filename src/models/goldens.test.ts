import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseClipTextConfig } from './nets/clip-config.ts';
import { planClipText } from './nets/clip-text.ts';
import { graphFile } from './pack-unet.ts';
import { WeightCoder } from './quantise/weight-coder.ts';
import { compileUnet } from './testing/compile-unet.ts';
import { compare, Golden, renderFiles, sinusoid, type Plain } from './testing/golden.ts';
import { OracleGraph } from './testing/run-graph.ts';

const golden = new Golden(fileURLToPath(new URL('fixtures/06a-unet-bk-tiny', import.meta.url)));

/** A bound of its own for each quantisation: float32 by the reference's tolerance, the rest by signal to noise. */
it.each([
  ['config.json', 'f32', 90],
  ['config_old_style.json', 'f32', 90],
  ['config.json', 'f16', 40],
  ['config.json', 'q8', 20],
  ['config.json', 'q4', 3],
] as const)('the reference U-Net comes out, %s in %s', async (config, quantisation, decibels) => {
  const { net, weights } = await compileUnet(golden, { config, quantisation });
  expect(weights.unused).toEqual([]);
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const prediction = await net.unet(
    {
      sample: inputs['a.sample'] as Plain,
      timeEmbedding: sinusoid(inputs['a.timestep'] as Plain, 16),
    },
    inputs['a.encoder_hidden_states'] as Plain,
  );
  const { atol, rtol } = golden.tolerance.fp32;
  const difference = compare(prediction, outputs['a.out_sample'] as Plain, atol, rtol);
  expect(difference.snr).toBeGreaterThan(decibels);
  expect(quantisation === 'f32' ? difference.worst : 0).toBeLessThanOrEqual(1);
  await net.dispose();
});

it('the reference text states come out, pooled rows too', async () => {
  const text = new Golden(fileURLToPath(new URL('fixtures/13a-clip-text-sd1', import.meta.url)));
  const config = parseClipTextConfig(text.json('config.json'));
  const plan = planClipText(config, await text.weights(), new WeightCoder('f32'), { pooled: true });
  const files = await renderFiles([graphFile('text', plan)]);
  const graph = await OracleGraph.load(files.get('text') ?? new Uint8Array());
  const ids = (await text.tensors('inputs.safetensors'))['input_ids'] as Plain;
  const made = await graph.run({ ids: { dims: ids.dims, ids: Int32Array.from(ids.data) } });
  const outputs = await text.tensors('outputs.safetensors');
  const { atol, rtol } = text.tolerance.fp32;
  for (const [name, reference] of [
    ['context', 'last_hidden_state'],
    ['pooled', 'pooled'],
  ] as const) {
    const difference = compare(made[name] as Plain, outputs[reference] as Plain, atol, rtol);
    expect(difference.worst).toBeLessThanOrEqual(1);
  }
  await graph.dispose();
});
