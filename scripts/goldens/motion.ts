import { parseUnetConfig } from '../../src/models/nets/unet-config.ts';
import { Weights } from '../../src/models/reading/weights.ts';
import { framesOfClips, clipsOfFrames } from '../../src/models/testing/clips.ts';
import { judge, row, runsOf, tensor, type CaseContext, type Row } from './case.ts';
import { embed, timesteps } from './unets.ts';

const FILE = 'weights.safetensors';

/**
 * Case 10: motion modules. The checkpoint is a plain U-Net and a motion adapter, as published, and both configs mean the
 * network of config.json. The engine's U-Net runs each window, with the norm's statistics over the window and frame by
 * frame.
 */
export async function checkMotion(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const bench = await context.bench();
  const files = [await golden.file(`unet/${FILE}`), await golden.file(`motion_adapter/${FILE}`)];
  const whole = parseUnetConfig(golden.json('config.json'));
  const joined = parseUnetConfig(
    golden.json('unet/config.json'),
    golden.json('motion_adapter/config.json'),
  );
  const same = JSON.stringify(whole) === JSON.stringify(joined);
  const rows: Row[] = [];
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  for (const [norm, name] of [
    ['window', 'out_sample'],
    ['frame', 'out_sample_frame_norm'],
  ] as const) {
    const config = parseUnetConfig({
      ...golden.json('config.json'),
      deltacut_motion_norm: norm,
    });
    const unet = bench.unetOf(config, new Weights('U-Net', files));
    for (const run of runsOf(inputs, 'sample')) {
      const clips = tensor(inputs, `${run}sample`);
      const [batch = 1, , window = 1] = clips.dims;
      const times = timesteps(tensor(inputs, `${run}timestep`), batch);
      const { prediction } = await unet.predict({
        inputs: {
          sample: framesOfClips(clips),
          timeEmbedding: embed(
            times.flatMap((time) => Array.from({ length: window }, () => time)),
            config,
          ),
          positions: { dims: [window], ids: Int32Array.from({ length: window }, (_, at) => at) },
        },
        context: tensor(inputs, `${run}encoder_hidden_states`),
        engine: true,
      });
      const made = clipsOfFrames(prediction, batch);
      rows.push(judge(context, bench, run + name, made, tensor(outputs, run + name)));
    }
  }
  return [...rows, row('unet + motion_adapter', [], same ? 0 : 1, 1, 'equal', same)];
}
