import type { Plain } from '../../src/models/testing/golden.ts';
import type { UnetRun } from './bench.ts';
import { firstOf, judge, plain, tensor, weightsFrom, type CaseContext, type Row } from './case.ts';
import { embed } from './unets.ts';

function entry(values: Plain, at: number): Plain {
  const size = values.data.length / (values.dims[0] ?? 1);
  return plain([1, ...values.dims.slice(1)], values.data.slice(at * size, (at + 1) * size));
}

function stack(parts: readonly Plain[]): Plain {
  const dims = parts[0]?.dims.slice(1) ?? [];
  return plain(
    [parts.length, ...dims],
    parts.flatMap((part) => [...part.data]),
  );
}

/**
 * Case 08: attention across frames, by the rules of the engine's modes. Kept keys and values are one bank each; the
 * group runs frame after frame, the frames of the clip as one batch.
 */
export async function checkCrossFrame(context: CaseContext): Promise<readonly Row[]> {
  const source = firstOf(weightsFrom(context), 'source of weights');
  const bench = await context.bench();
  const unet = bench.unet(source.json('config.json'), await source.weights());
  const inputs = await context.golden.tensors('inputs.safetensors');
  const outputs = await context.golden.tensors('outputs.safetensors');
  const time = tensor(inputs, 'timestep').data[0] ?? 0;
  const frames = tensor(inputs, 'frames');
  const group = tensor(inputs, 'group_frames');
  const anchors = tensor(inputs, 'anchor_frames');
  const text = tensor(inputs, 'text');

  const run = async (
    sample: Plain,
    words: Plain,
    attention: Omit<UnetRun, 'inputs' | 'context'>,
  ) => {
    const times = Array.from({ length: sample.dims[0] ?? 0 }, () => time);
    return await unet.predict({
      inputs: { sample, timeEmbedding: embed(times, unet.config) },
      context: words,
      ...attention,
    });
  };
  const check = (name: string, got: Plain): Row =>
    judge(context, bench, name, got, tensor(outputs, name));
  const rows: Row[] = [];

  rows.push(check('plain.out', (await run(frames, text, {})).prediction));
  rows.push(check('first_two.out', (await run(frames, text, { self: ['own:0,1'] })).prediction));

  const banks = Object.keys(outputs).filter((name) => name.startsWith('bank.'));
  const sites = [...new Set(banks.map((name) => name.slice('bank.'.length, -2)))];
  for (const mode of ['swap_self', 'swap_both'] as const) {
    const both = mode === 'swap_both';
    const made: Plain[] = [];
    const recorded: Record<string, Plain[]> = {};
    const kept: string[] = [];
    for (let at = 0; at < (group.dims[0] ?? 0); at++) {
      const reads = at === 0 ? ['own'] : [...kept];
      const name = `${mode}.${String(at)}`;
      const words = both ? entry(tensor(inputs, 'text_per_group_frame'), at) : text;
      const result = await run(entry(group, at), words, {
        self: reads,
        ...(both ? { cross: reads } : {}),
        keep: name,
        record: sites,
      });
      kept.push(name);
      made.push(result.prediction);
      for (const [key, value] of Object.entries(result.recorded)) {
        recorded[key] = [...(recorded[key] ?? []), value];
      }
    }
    rows.push(check(`${mode}.group`, stack(made)));
    for (const name of both ? [] : banks) {
      rows.push(check(name, stack(recorded[name.slice('bank.'.length)] ?? [])));
    }
    const words = both ? tensor(inputs, 'text_per_frame') : text;
    const result = await run(frames, words, { self: kept, ...(both ? { cross: kept } : {}) });
    rows.push(check(`${mode}.frames`, result.prediction));
  }

  const all = Array.from({ length: anchors.dims[0] ?? 0 }, (_, at) => at).join(',');
  const seen = await run(anchors, text, { self: [`own:${all}`], keep: 'anchors' });
  rows.push(check('anchors.anchor_frames', seen.prediction));
  const result = await run(frames, text, { self: ['own', 'anchors'] });
  rows.push(check('anchors.frames', result.prediction));
  return rows;
}
