import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenizer } from '../../src/diffusion/tokenizer.ts';
import { clipFiles } from '../../src/diffusion/testing/clip-files.ts';
import { guidanceCoefficients, rescaleFactor } from '../../src/diffusion/guidance.ts';
import { parseClipTextConfig, parseClipVisionConfig } from '../../src/models/nets/clip-config.ts';
import { toClipPixels } from '../../src/models/nets/clip-image.ts';
import { planClipText } from '../../src/models/nets/clip-text.ts';
import { planClipVision } from '../../src/models/nets/clip-vision.ts';
import { planVae } from '../../src/models/nets/vae.ts';
import type { VaePlan } from '../../src/models/nets/vae-plan.ts';
import { Weights } from '../../src/models/reading/weights.ts';
import { compare, type Golden, type Plain } from '../../src/models/testing/golden.ts';
import type { Bench } from './bench.ts';
import {
  firstOf,
  judge,
  plain,
  row,
  runsOf,
  tensor,
  weightsFrom,
  type CaseContext,
  type Row,
} from './case.ts';

/** Sizes of a picture and of its latents, as the engine pins them. */
export function picturePins(image: Plain, factor: number): Record<string, number> {
  const [, , height = 0, width = 0] = image.dims;
  return {
    imageHeight: height,
    imageWidth: width,
    height_0: height / factor,
    width_0: width / factor,
  };
}

function latentPins(latents: Plain, factor: number): Record<string, number> {
  const [, , height = 0, width = 0] = latents.dims;
  return {
    imageHeight: height * factor,
    imageWidth: width * factor,
    height_0: height,
    width_0: width,
  };
}

export async function encode(
  bench: Bench,
  vae: VaePlan,
  image: Plain,
): Promise<Record<string, Plain>> {
  return await bench.run(vae.encoder, { image }, picturePins(image, vae.factor));
}

export async function decode(bench: Bench, vae: VaePlan, latents: Plain): Promise<Plain> {
  const made = await bench.run(vae.decoder, { latents }, latentPins(latents, vae.factor));
  return tensor(made, 'image');
}

/** Cases 11 and 12: autoencoders both ways, old attention names too. */
export async function checkVae(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const rows = await vaeRows(context, await golden.weights(), '');
  if (!golden.has('old_attention_names.safetensors')) {
    return rows;
  }
  const files = [
    await golden.file('weights.safetensors'),
    await golden.file('old_attention_names.safetensors'),
  ];
  return [...rows, ...(await vaeRows(context, new Weights('VAE', files), 'old names '))];
}

async function vaeRows(
  context: CaseContext,
  weights: Weights,
  prefix: string,
): Promise<readonly Row[]> {
  const { golden } = context;
  const bench = await context.bench();
  const vae = planVae(golden.json('config.json'), weights, bench.coder);
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const rows: Row[] = [];
  const check = (name: string, got: Plain | undefined): void => {
    const wanted = outputs[name];
    if (wanted !== undefined && got !== undefined) {
      rows.push(judge(context, bench, prefix + name, got, wanted));
    }
  };
  for (const run of runsOf(inputs, 'image')) {
    const made = await encode(bench, vae, tensor(inputs, `${run}image`));
    check(`${run}mean`, made['latents']);
    check(`${run}encoded`, made['latents']);
    check(`${run}logvar`, made['logvar']);
    check(`${run}decoded`, await decode(bench, vae, tensor(inputs, `${run}latent`)));
  }
  return rows;
}

/** Case 13: text encoders, from every weights file in the folder. */
export async function checkText(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const bench = await context.bench();
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const ids = tensor(inputs, 'input_ids');
  const rows: Row[] = [];
  for (const config of ['config.json', 'config_old_style.json'].filter((file) =>
    golden.has(file),
  )) {
    for (const file of ['weights.safetensors', 'weights_new_names.safetensors'].filter((name) =>
      golden.has(name),
    )) {
      const parsed = parseClipTextConfig(golden.json(config));
      const plan = planClipText(parsed, await golden.weights(file), bench.coder, { pooled: true });
      const made = await bench.run(plan, {
        ids: { dims: ids.dims, ids: Int32Array.from(ids.data) },
      });
      const run = `${config.replace('.json', '')} ${file.replace('.safetensors', '')}`;
      for (const [name, wanted] of [
        ['context', 'last_hidden_state'],
        ['pooled', 'pooled'],
        ['embedding', 'text_embeds'],
      ] as const) {
        const [got, reference] = [made[name], outputs[wanted]];
        if (got !== undefined && reference !== undefined) {
          rows.push(judge(context, bench, `${run} ${wanted}`, got, reference));
        }
      }
    }
  }
  return rows;
}

/** Case 14: CLIP vision and its preprocessing. */
export async function checkVision(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const bench = await context.bench();
  const config = parseClipVisionConfig(golden.json('config.json'));
  const plan = planClipVision(config, await golden.weights(), bench.coder);
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const image = tensor(inputs, 'pixel_values');
  const made = await bench.run(plan, { image });
  const zeros = plain(
    [1, ...image.dims.slice(1)],
    new Float32Array(image.data.length / (image.dims[0] ?? 1)),
  );
  const black = await bench.run(plan, { image: zeros });
  const rows = [
    judge(
      context,
      bench,
      'penultimate',
      tensor(made, 'penultimate'),
      tensor(outputs, 'penultimate'),
    ),
    judge(
      context,
      bench,
      'last_hidden_state',
      tensor(made, 'last'),
      tensor(outputs, 'last_hidden_state'),
    ),
    judge(
      context,
      bench,
      'image_embeds',
      tensor(made, 'embedding'),
      tensor(outputs, 'image_embeds'),
    ),
    judge(
      context,
      bench,
      'zero_image',
      tensor(black, 'penultimate'),
      tensor(outputs, 'zero_image.penultimate'),
    ),
  ];
  const picture = inputs['image_u8'];
  const wanted = outputs['pixel_values_from_image'];
  if (picture !== undefined && wanted !== undefined) {
    const [height = 0, width = 0] = picture.dims;
    const data = toClipPixels(
      { width, height, data: Uint8Array.from(picture.data) },
      config.imageSize,
    );
    const { maxAbs, meanAbs } = compare(plain(wanted.dims, data), wanted);
    rows.push(
      row(
        'preprocessing',
        wanted.dims,
        maxAbs,
        1,
        'max 0.3, mean 0.05',
        maxAbs <= 0.3 && meanAbs <= 0.05,
      ),
    );
  }
  return rows;
}

type Prompt = {
  readonly text: string;
  readonly ids: readonly number[];
  readonly ids77_sd2?: readonly number[];
};

/** Case 17: every prompt's ids, bare and padded both ways. */
export function checkTokenizer(context: CaseContext): Promise<readonly Row[]> {
  const packed = readFileSync(
    join(context.sibling('clip-bpe').folder, 'bpe_simple_vocab_16e6.txt.gz'),
  );
  const { vocab, merges } = clipFiles(gunzipSync(packed).toString('utf8'));
  const prompts = JSON.parse(
    readFileSync(join(context.golden.folder, 'tokens.json'), 'utf8'),
  ) as Prompt[];
  const end = 49407;
  const first = createTokenizer(vocab, merges, { maxTokens: 77, padToken: end });
  const second = createTokenizer(vocab, merges, { maxTokens: 77, padToken: 0 });
  const pad = (ids: readonly number[], fill: number): number[] => {
    const kept = ids.length > 77 ? [...ids.slice(0, 76), end] : ids;
    return [...kept, ...Array.from({ length: 77 - kept.length }, () => fill)];
  };
  const same = (a: ArrayLike<number>, b: readonly number[]): boolean =>
    Array.from(a).join() === b.join();
  const wrong = prompts.filter(
    ({ text, ids, ids77_sd2 }) =>
      !same(first.encode(text), ids) ||
      !same(first.tokenize(text).ids, pad(ids, end)) ||
      !same(second.tokenize(text).ids, ids77_sd2 ?? pad(ids, 0)),
  );
  const note = `${String(prompts.length)} prompts${wrong[0] === undefined ? '' : `, first wrong: ${wrong[0].text}`}`;
  return Promise.resolve([
    row(note, [prompts.length], wrong.length, 1, 'exact', wrong.length === 0),
  ]);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

function rescaled(guided: Plain, text: Plain, phi: number): Plain {
  const factor = rescaleFactor(deviation(text.data), deviation(guided.data), phi);
  return plain(
    guided.dims,
    guided.data.map((value) => value * factor),
  );
}

export function combine(parts: readonly Plain[], scales: readonly number[]): Plain {
  const first = firstOf(parts, 'part');
  const data = first.data.map((_, at) =>
    parts.reduce((sum, part, index) => sum + (scales[index] ?? 0) * (part.data[at] ?? 0), 0),
  );
  return plain(first.dims, data);
}

/** Case 18: guidance of two and three branches, rescaling, and what the conditioning latent is. */
export async function checkGuidance(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const source: Golden = firstOf(weightsFrom(context), 'source of weights');
  const bench = await context.bench();
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const number = (name: string): number => tensor(inputs, name).data[0] ?? 0;
  const scales = { text: number('text_guidance'), image: number('image_guidance') };
  const text = tensor(inputs, 'eps_text_image');
  const parts = [text, tensor(inputs, 'eps_null_image'), tensor(inputs, 'eps_null_null')];
  const branch = (name: 'prompt' | 'negative', image: boolean) => ({ text: name, image });
  const three = [branch('prompt', true), branch('negative', true), branch('negative', false)];
  const guided = combine(parts, guidanceCoefficients(three, scales));
  const two = combine(parts.slice(0, 2), guidanceCoefficients(three.slice(0, 2), scales));
  const vae = planVae(source.json('config.json'), await source.weights(), bench.coder);
  const latents = tensor(await encode(bench, vae, tensor(inputs, 'image')), 'latents');
  const made: Readonly<Record<string, Plain>> = {
    guided,
    guided_rescaled: rescaled(guided, text, number('phi')),
    two_branch: two,
    two_branch_rescaled: rescaled(two, text, number('phi')),
    image_latent_ip2p: latents,
    image_latent_scaled: plain(
      latents.dims,
      latents.data.map((value) => (value - vae.shift) * vae.scale),
    ),
  };
  return Object.entries(made).map(([name, got]) =>
    judge(context, bench, name, got, tensor(outputs, name)),
  );
}
