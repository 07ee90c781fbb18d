import { firstOf, judge, tensor, weightsFrom, type CaseContext, type Row } from './case.ts';
import { embed, timesteps } from './unets.ts';

/** Case 09: the resampler's image tokens, and a U-Net that attends to text and picture. */
export async function checkIpAdapter(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const bench = await context.bench();
  const config = golden.json('config.json');
  const source = firstOf(weightsFrom(context), 'source of weights');
  const unet = bench.unet(
    source.json('config.json'),
    await source.weights(),
    await golden.weights(),
  );
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const sample = tensor(inputs, 'sample');
  const states = tensor(inputs, 'image_hidden_states');
  const times = timesteps(tensor(inputs, 'timestep'), sample.dims[0] ?? 0);
  const predict = async (scale: number) =>
    await unet.predict({
      inputs: { sample, timeEmbedding: embed(times, unet.config) },
      context: tensor(inputs, 'encoder_hidden_states'),
      image: { tokens: states, scale },
    });
  const full = await predict(Number(config['scale'] ?? 1));
  const none = await predict(0);
  const check = (name: string, got: typeof sample): Row =>
    judge(context, bench, name, got, tensor(outputs, name));
  return [
    check('image_tokens', await unet.imageTokens(states)),
    check('out_sample', full.prediction),
    check('out_sample_scale0', none.prediction),
  ];
}
