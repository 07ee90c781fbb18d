import { alphasCumprod, at } from '../../src/diffusion/schedulers/noise-schedule.ts';
import { fromDiffusersScheduler } from '../../src/diffusion/schedulers/from-diffusers.ts';
import { guidanceEmbedding, timeEmbedding } from '../../src/diffusion/time-embedding.ts';
import { parseUnetConfig, type UnetConfig } from '../../src/models/nets/unet-config.ts';
import type { Golden, Plain } from '../../src/models/testing/golden.ts';
import { fuseLora } from '../../src/models/lora.ts';
import { planClipText } from '../../src/models/nets/clip-text.ts';
import { parseClipTextConfig } from '../../src/models/nets/clip-config.ts';
import type { Bench, BenchUnet } from './bench.ts';
import {
  firstOf,
  judge,
  judgeClose,
  plain,
  row,
  runsOf,
  tensor,
  weightsFrom,
  type CaseContext,
  type Row,
} from './case.ts';

type Tensors = Readonly<Record<string, Plain>>;

/** The sinusoid for a list of timesteps, made by the code that the engine uses. */
export function embed(timesteps: readonly number[], config: UnetConfig): Plain {
  const { timeChannels: channels, flipSinToCos, freqShift } = config;
  return plain(
    [timesteps.length, channels],
    timeEmbedding(timesteps, { channels, flipSinToCos, freqShift }),
  );
}

/** Timesteps as a list for every frame; goldens give one number or one per frame. */
export function timesteps(values: Plain, frames: number): readonly number[] {
  return Array.from(
    { length: frames },
    (_, at) => values.data[values.data.length === 1 ? 0 : at] ?? 0,
  );
}

function unetInputs(
  inputs: Tensors,
  run: string,
  config: UnetConfig,
  condition: Plain | undefined,
) {
  const sample = tensor(inputs, `${run}sample`);
  const frames = sample.dims[0] ?? 0;
  const timeEmbeddingValue = embed(timesteps(tensor(inputs, `${run}timestep`), frames), config);
  return {
    sample,
    timeEmbedding: timeEmbeddingValue,
    ...(condition === undefined ? {} : { timeCond: condition }),
  };
}

/** Cases 01 to 06: one network, every run; the old config must mean the same. */
export async function checkUnet(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const bench = await context.bench();
  const unet = bench.unet(golden.json('config.json'), await golden.weights());
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const rows: Row[] = [];
  for (const run of runsOf(inputs, 'sample')) {
    const context_ = tensor(inputs, `${run}encoder_hidden_states`);
    const condition = inputs[`${run}timestep_cond`];
    const predict = async (given: Plain | undefined): Promise<Plain> => {
      const call = { inputs: unetInputs(inputs, run, unet.config, given), context: context_ };
      return (await unet.predict(call)).prediction;
    };
    const made = await predict(condition);
    rows.push(judge(context, bench, `${run}out_sample`, made, tensor(outputs, `${run}out_sample`)));
    rows.push(...conversions(context, bench, run, made, inputs, outputs));
    const without = outputs[`${run}out_sample_nocond`];
    if (without !== undefined && condition !== undefined) {
      const zero = plain(condition.dims, new Float32Array(condition.data.length));
      rows.push(judge(context, bench, `${run}nocond`, await predict(zero), without));
      rows.push(guidanceRow(run, tensor(inputs, `${run}guidance_scale`), condition));
    }
  }
  return [...rows, ...oldConfig(golden)];
}

function guidanceRow(run: string, scales: Plain, condition: Plain): Row {
  const width = condition.dims[1] ?? 0;
  const data = [...scales.data].flatMap((scale) => [...guidanceEmbedding(scale - 1, width)]);
  return judgeClose(`${run}timestep_cond`, plain(condition.dims, data), condition, 2e-4, 0);
}

function oldConfig(golden: Golden): readonly Row[] {
  if (!golden.has('config_old_style.json')) {
    return [];
  }
  const [now, old] = ['config.json', 'config_old_style.json'].map((file) =>
    JSON.stringify(parseUnetConfig(golden.json(file))),
  );
  return [row('config_old_style', [], now === old ? 0 : 1, 1, 'equal', now === old)];
}

/** What v-prediction means, at the timestep that the notes give. */
function conversions(
  context: CaseContext,
  bench: Bench,
  run: string,
  v: Plain,
  inputs: Tensors,
  outputs: Tensors,
): readonly Row[] {
  const { golden } = context;
  const eps = outputs[`${run}eps_from_v`];
  const x0 = outputs[`${run}x0_from_v`];
  if (eps === undefined || x0 === undefined) {
    return [];
  }
  const notes = JSON.stringify(golden.json('meta.json')['notes']);
  const time = Number(/at t = (\d+)/.exec(notes)?.[1]);
  const scheduler = fromDiffusersScheduler(golden.json('scheduler_config.json'));
  const alpha = at(alphasCumprod(scheduler), time);
  const [signal, noise] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  const sample = tensor(inputs, `${run}sample`).data;
  const mix = (a: number, b: number): Plain =>
    plain(
      v.dims,
      v.data.map((value, index) => a * value + b * (sample[index] ?? 0)),
    );
  return [
    judge(context, bench, `${run}eps_from_v`, mix(signal, noise), eps),
    judge(context, bench, `${run}x0_from_v`, mix(-noise, signal), x0),
  ];
}

/** Case 07: q, k, v and the result of every attention module. */
export async function checkSites(context: CaseContext): Promise<readonly Row[]> {
  const source = firstOf(weightsFrom(context), 'source of weights');
  const bench = await context.bench();
  const unet = bench.unet(source.json('config.json'), await source.weights());
  const inputs = await context.golden.tensors('inputs.safetensors');
  const outputs = await context.golden.tensors('outputs.safetensors');
  const { prediction, recorded } = await unet.predict({
    inputs: unetInputs(inputs, '', unet.config, undefined),
    context: tensor(inputs, 'encoder_hidden_states'),
    record: 'all',
  });
  const rows = [judge(context, bench, 'out_sample', prediction, tensor(outputs, 'out_sample'))];
  // Integer weights are judged by what comes out of the network.
  const sites = bench.quantisation === 'f32' || bench.quantisation === 'f16' ? outputs : {};
  for (const [name, wanted] of Object.entries(sites)) {
    if (name !== 'out_sample') {
      rows.push(judge(context, bench, name, tensor(recorded, name), wanted));
    }
  }
  return rows;
}

/** Case 15: LoRA files fused into another case's U-Net and text encoder. */
export async function checkLora(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const unetSource = firstOf(weightsFrom(context), 'source of weights');
  const meta = golden.json('meta.json');
  const textName =
    /1\d[a-z]?-clip-text[\w-]*/.exec(JSON.stringify(meta))?.[0] ?? '13a-clip-text-sd1';
  const textSource = context.sibling(textName);
  const weight = Number(meta['fuse_scale'] ?? 1);
  const bench = await context.bench();
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const rows: Row[] = [];
  const files = runsOf(outputs, 'out_sample').map((run) => run.slice(0, -1));
  for (const name of files) {
    const unet = await unetSource.weights();
    const encoder = await textSource.weights();
    if (name !== 'base') {
      const file = await golden.file(`${name}.safetensors`);
      const { unknown } = fuseLora({ file, weight }, { unet, text_encoder: encoder });
      rows.push(row(`${name} keys`, [], unknown.length, 1, 'all fit', unknown.length === 0));
    }
    const net: BenchUnet = bench.unet(unetSource.json('config.json'), unet);
    const call = {
      inputs: unetInputs(inputs, '', net.config, undefined),
      context: tensor(inputs, 'encoder_hidden_states'),
    };
    const { prediction } = await net.predict(call);
    rows.push(judge(context, bench, name, prediction, tensor(outputs, `${name}.out_sample`)));
    if (name.endsWith('_conv')) {
      const fused = Object.entries(outputs).filter(([key]) => key.startsWith('fused.'));
      for (const [key, wanted] of fused) {
        const tensorName = key.slice('fused.'.length);
        const got = plain(unet.shape(tensorName), await unet.read(tensorName));
        rows.push(judgeClose(key, got, wanted, 1e-6, 1e-6));
      }
      const config = parseClipTextConfig(textSource.json('config.json'));
      const ids = tensor(inputs, 'input_ids');
      const made = await bench.run(planClipText(config, encoder, bench.coder), {
        ids: { dims: ids.dims, ids: Int32Array.from(ids.data) },
      });
      rows.push(
        judge(
          context,
          bench,
          'text encoder',
          tensor(made, 'context'),
          tensor(outputs, 'te.last_hidden_state'),
        ),
      );
    }
  }
  return rows;
}
