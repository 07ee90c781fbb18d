import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fuseLora, type LoraResult } from './lora.ts';
import { parseClipTextConfig } from './nets/clip-config.ts';
import { planClipText } from './nets/clip-text.ts';
import { graphFile } from './pack-unet.ts';
import { WeightCoder } from './quantise/weight-coder.ts';
import type { Weights } from './reading/weights.ts';
import { compileUnet } from './testing/compile-unet.ts';
import { compare, Golden, renderFiles, sinusoid, type Plain } from './testing/golden.ts';
import { OracleGraph } from './testing/run-graph.ts';

const GOLDENS = fileURLToPath(new URL('../../../shared/goldens', import.meta.url));
const base = new Golden(`${GOLDENS}/01-unet-sd15`);
const text = new Golden(`${GOLDENS}/13a-clip-text-sd1`);
const lora = new Golden(`${GOLDENS}/15-lora`);
const WEIGHT = 0.8;

async function fused(
  name: string,
): Promise<{ unet: Weights; encoder: Weights; result: LoraResult }> {
  const unet = await base.weights();
  const encoder = await text.weights();
  const file = await lora.file(`${name}.safetensors`);
  const result = fuseLora({ file, weight: WEIGHT }, { unet, text_encoder: encoder });
  return { unet, encoder, result };
}

const FILES = [
  'lora_peft',
  'lora_kohya',
  'lora_kohya_conv',
  'lora_peft_header_alpha',
  'lora_processor_names',
];

describe.each(FILES)('%s', (name) => {
  it('is fused so that the U-Net gives the reference', async () => {
    const { unet, result } = await fused(name);
    expect(result.unknown).toEqual([]);
    const { net } = await compileUnet(base, { weights: unet });
    const inputs = await lora.tensors('inputs.safetensors');
    const outputs = await lora.tensors('outputs.safetensors');
    const made = await net.unet(
      {
        sample: inputs['sample'] as Plain,
        timeEmbedding: sinusoid(inputs['timestep'] as Plain, 32),
      },
      inputs['encoder_hidden_states'] as Plain,
    );
    const { atol, rtol } = lora.tolerance.fp32;
    expect(
      compare(made, outputs[`${name}.out_sample`] as Plain, atol, rtol).worst,
    ).toBeLessThanOrEqual(1);
    await net.dispose();
  });
});

describe('lora_kohya_conv', () => {
  it('changes the weights and the text encoder as the reference says', async () => {
    const { unet, encoder } = await fused('lora_kohya_conv');
    const outputs = await lora.tensors('outputs.safetensors');
    for (const [key, wanted] of Object.entries(outputs).filter(([key]) =>
      key.startsWith('fused.'),
    )) {
      const name = key.slice('fused.'.length);
      const got = { dims: unet.shape(name), data: await unet.read(name) };
      expect(compare(got, wanted, 1e-6, 1e-6).worst).toBeLessThanOrEqual(1);
    }
    const config = parseClipTextConfig(text.json('config.json'));
    const plan = planClipText(config, encoder, new WeightCoder('f32'));
    const files = await renderFiles([graphFile('text', plan)]);
    const graph = await OracleGraph.load(files.get('text') ?? new Uint8Array());
    const ids = (await lora.tensors('inputs.safetensors'))['input_ids'] as Plain;
    const made = await graph.run({ ids: { dims: ids.dims, ids: Int32Array.from(ids.data) } });
    const { atol, rtol } = lora.tolerance.fp32;
    const wanted = outputs['te.last_hidden_state'] as Plain;
    expect(compare(made['context'] as Plain, wanted, atol, rtol).worst).toBeLessThanOrEqual(1);
    await graph.dispose();
  });
});
