import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileUnet } from './testing/compile-unet.ts';
import { compare, Golden, renderFiles, sinusoid, type Plain } from './testing/golden.ts';
import { graphFile, packUnet, type UnetPackage } from './pack-unet.ts';
import { parseClipTextConfig } from './nets/clip-config.ts';
import { planClipText } from './nets/clip-text.ts';
import { parseUnetConfig } from './nets/unet-config.ts';
import { WeightCoder, type CodedTensor, type Quantisation } from './quantise/weight-coder.ts';
import { Weights } from './reading/weights.ts';
import { clipsOfFrames, framesOfClips } from './testing/clips.ts';
import { OracleGraph, OraclePackage } from './testing/run-graph.ts';

const GOLDENS = fileURLToPath(new URL('../../../shared/goldens', import.meta.url));
const golden = (name: string): Golden => new Golden(`${GOLDENS}/${name}`);

const UNETS = [
  '01-unet-sd15',
  '02-unet-sd21',
  '02b-unet-turbo-fp16',
  '03-unet-ip2p',
  '04-unet-inpaint',
  '05-unet-lcm',
  '06a-unet-bk-tiny',
  '06b-unet-bk-small',
  '06c-unet-bk-base',
];

function tensor(values: Readonly<Record<string, Plain>>, name: string): Plain {
  const found = values[name];
  if (found === undefined) {
    throw new Error(`no tensor ${name}`);
  }
  return found;
}

describe.each(UNETS)('U-Net %s', (name) => {
  const folder = golden(name);
  it.each(['config.json', 'config_old_style.json'].filter((file) => folder.has(file)))(
    'gives the reference in every run, read from %s',
    async (config) => {
      const { net, weights } = await compileUnet(folder, { config });
      expect(weights.unused).toEqual([]);
      const inputs = await folder.tensors('inputs.safetensors');
      const outputs = await folder.tensors('outputs.safetensors');
      const { atol, rtol } = folder.tolerance.fp32;
      const runs = Object.keys(inputs).filter((key) => key.endsWith('.sample'));
      for (const run of runs.map((key) => key.slice(0, -'sample'.length))) {
        const channels = (folder.json(config)['block_out_channels'] as number[])[0] ?? 0;
        const condition = inputs[`${run}timestep_cond`];
        const prediction = await net.unet(
          {
            sample: tensor(inputs, `${run}sample`),
            timeEmbedding: sinusoid(tensor(inputs, `${run}timestep`), channels),
            ...(condition === undefined ? {} : { timeCond: condition }),
          },
          tensor(inputs, `${run}encoder_hidden_states`),
        );
        const difference = compare(prediction, tensor(outputs, `${run}out_sample`), atol, rtol);
        expect(difference.worst, `${run}: ${JSON.stringify(difference)}`).toBeLessThanOrEqual(1);
      }
      expect(runs.length).toBeGreaterThan(0);
      await net.dispose();
    },
  );

  it('keeps weights at 40 dB and outputs at 20 dB with 8-bit weights', async () => {
    const { net, tensors } = await compileUnet(folder, { quantisation: 'q8' });
    expect(Math.min(...tensors.map(({ snr }) => snr))).toBeGreaterThanOrEqual(40);
    const inputs = await folder.tensors('inputs.safetensors');
    const outputs = await folder.tensors('outputs.safetensors');
    const channels = (folder.json('config.json')['block_out_channels'] as number[])[0] ?? 0;
    const condition = inputs['a.timestep_cond'];
    const prediction = await net.unet(
      {
        sample: tensor(inputs, 'a.sample'),
        timeEmbedding: sinusoid(tensor(inputs, 'a.timestep'), channels),
        ...(condition === undefined ? {} : { timeCond: condition }),
      },
      tensor(inputs, 'a.encoder_hidden_states'),
    );
    expect(compare(prediction, tensor(outputs, 'a.out_sample')).snr).toBeGreaterThanOrEqual(20);
    await net.dispose();
  });
});

describe('motion modules 10-animatediff', () => {
  const folder = golden('10-animatediff');
  const load = async (norm: string, quantisation: Quantisation) => {
    const config = { ...folder.json('config.json'), deltacut_motion_norm: norm };
    const files = ['unet', 'motion_adapter'].map((part) =>
      folder.file(`${part}/weights.safetensors`),
    );
    const weights = new Weights('U-Net', await Promise.all(files));
    const tensors: CodedTensor[] = [];
    const coder = new WeightCoder(quantisation, (made) => tensors.push(made));
    const unet = packUnet(parseUnetConfig(config), weights, coder);
    const net = new OraclePackage(unet.parts, await renderFiles(unet.files));
    return { net, weights, tensors };
  };
  const predict = async (net: OraclePackage<UnetPackage['parts']>, run: string) => {
    const inputs = await folder.tensors('inputs.safetensors');
    const clips = tensor(inputs, `${run}sample`);
    const [count = 0, , window = 0] = clips.dims;
    const times = tensor(inputs, `${run}timestep`).data;
    const perFrame = Float32Array.from(
      { length: count * window },
      (_, at) => times[Math.floor(at / window)] ?? 0,
    );
    const prediction = await net.unet(
      {
        sample: framesOfClips(clips),
        timeEmbedding: sinusoid({ dims: [perFrame.length], data: perFrame }, 8),
        positions: { dims: [window], ids: Int32Array.from({ length: window }, (_, at) => at) },
      },
      tensor(inputs, `${run}encoder_hidden_states`),
    );
    return clipsOfFrames(prediction, count);
  };

  it.each([
    ['window', 'out_sample'],
    ['frame', 'out_sample_frame_norm'],
  ])('give the reference with the norm over each %s', async (norm, name) => {
    const { net, weights } = await load(norm, 'f32');
    expect(weights.unused).toEqual([]);
    const outputs = await folder.tensors('outputs.safetensors');
    const { atol, rtol } = folder.tolerance.fp32;
    for (const run of ['a.', 'b.']) {
      const difference = compare(
        await predict(net, run),
        tensor(outputs, `${run}${name}`),
        atol,
        rtol,
      );
      expect(difference.worst, `${run}: ${JSON.stringify(difference)}`).toBeLessThanOrEqual(1);
    }
    await net.dispose();
  });

  it('keep weights at 40 dB and outputs at 20 dB with 8-bit weights', async () => {
    const { net, tensors } = await load('window', 'q8');
    expect(Math.min(...tensors.map(({ snr }) => snr))).toBeGreaterThanOrEqual(40);
    const wanted = tensor(await folder.tensors('outputs.safetensors'), 'a.out_sample');
    expect(compare(await predict(net, 'a.'), wanted).snr).toBeGreaterThanOrEqual(20);
    await net.dispose();
  });
});

describe.each(['13a-clip-text-sd1', '13b-clip-text-sd2'])('text encoder %s', (name) => {
  const folder = golden(name);
  const variants = ['weights.safetensors', 'weights_new_names.safetensors'].filter((file) =>
    folder.has(file),
  );
  it.each(variants)('gives the reference hidden states and pooled rows from %s', async (file) => {
    const weights = await folder.weights(file);
    const config = parseClipTextConfig(folder.json('config_old_style.json'));
    const plan = planClipText(config, weights, new WeightCoder('f32'), { pooled: true });
    const bytes = (await renderFiles([graphFile('text', plan)])).get('text') ?? new Uint8Array();
    const graph = await OracleGraph.load(bytes);
    const ids = tensor(await folder.tensors('inputs.safetensors'), 'input_ids');
    const made = await graph.run({ ids: { dims: ids.dims, ids: Int32Array.from(ids.data) } });
    const outputs = await folder.tensors('outputs.safetensors');
    const { atol, rtol } = folder.tolerance.fp32;
    expect(
      compare(tensor(made, 'context'), tensor(outputs, 'last_hidden_state'), atol, rtol).worst,
    ).toBeLessThanOrEqual(1);
    expect(
      compare(tensor(made, 'pooled'), tensor(outputs, 'pooled'), atol, rtol).worst,
    ).toBeLessThanOrEqual(1);
    await graph.dispose();
  });
});
