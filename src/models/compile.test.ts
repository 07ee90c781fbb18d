import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { compileCheckpoint } from './compile.ts';
import { parseManifest } from './manifest.ts';
import { MemorySink } from './package-sink.ts';
import type { CheckpointSource } from './reading/byte-source.ts';
import type { Quantisation } from './quantise/weight-coder.ts';
import { compare, type Plain } from './testing/golden.ts';
import { OraclePackage } from './testing/run-graph.ts';
import {
  filesSource,
  pseudoRandom,
  tinyCheckpoint,
  type TinyFiles,
} from './testing/tiny-checkpoint.ts';
import { starterVae } from './testing/starter-vae.ts';

async function compile(files: TinyFiles, quantisation: Quantisation, sink = new MemorySink()) {
  const result = await compileCheckpoint(filesSource(files), sink, { id: 'tiny', quantisation });
  return { result, sink };
}

function random(dims: readonly number[], seed: number): Plain {
  return {
    dims,
    data: pseudoRandom(
      dims.reduce((product, side) => product * side, 1),
      seed,
    ),
  };
}

async function failure(files: TinyFiles): Promise<AppError> {
  const error: unknown = await compile(files, 'q8').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

function edited(
  path: string,
  change: (json: Record<string, unknown>) => void,
  files = tinyCheckpoint(),
): TinyFiles {
  const json = JSON.parse(new TextDecoder().decode(files.get(path))) as Record<string, unknown>;
  change(json);
  files.set(path, new TextEncoder().encode(JSON.stringify(json)));
  return files;
}

describe('a compiled package', () => {
  it('is described by a manifest that reads back, with every file hashed', async () => {
    const { result, sink } = await compile(tinyCheckpoint(), 'q8');
    const manifest = parseManifest(
      JSON.parse(new TextDecoder().decode(sink.files.get('manifest.json'))),
    );
    expect(manifest).toEqual(result.manifest);
    expect(manifest.segments).toHaveLength(9);
    expect(manifest.segments.at(-1)?.site).toBeUndefined();
    expect(manifest).toMatchObject({
      conditioning: 'edit',
      prediction: 'v',
      stride: 16,
      defaultSize: 64,
      latent: { channels: 4, factor: 8, scale: 1 },
      scheduler: { kind: 'ddim', steps: 4, zeroTerminalSnr: true, spacing: 'trailing' },
      text: { padToken: 39, maxTokens: 77 },
    });
    expect(manifest.files.map((file) => file.bytes)).toEqual(
      manifest.files.map((file) => sink.files.get(file.path)?.byteLength),
    );
    expect(result.unused).toEqual([]);
  });

  it('names in each segment only tensors that an earlier one or the engine makes', async () => {
    const { result } = await compile(tinyCheckpoint(), 'f32');
    const known = new Set(['sample', 'timeEmbedding']);
    for (const segment of result.manifest.segments) {
      expect(segment.inputs.filter((name) => !known.has(name))).toEqual([]);
      for (const name of [
        ...segment.outputs,
        ...(segment.site === undefined ? [] : [segment.site.out]),
      ]) {
        expect(known.has(name)).toBe(false);
        known.add(name);
      }
    }
    expect(known).toContain('prediction');
  });

  it.each(['f32', 'f16', 'q8', 'q4'] as const)(
    'runs at even and odd sizes in %s',
    async (quantisation) => {
      const exact = await compile(tinyCheckpoint(), 'f32');
      const coded = await compile(tinyCheckpoint(), quantisation);
      const reference = new OraclePackage(exact.result.manifest, exact.sink.files);
      const net = new OraclePackage(coded.result.manifest, coded.sink.files);
      const floor = { f32: 200, f16: 50, q8: 25, q4: 8 }[quantisation];
      for (const [height, width] of [
        [8, 8],
        [7, 11],
      ] as const) {
        const inputs = {
          sample: random([2, 9, height, width], 5),
          timeEmbedding: random([2, 8], 6),
        };
        const context = random([1, 77, 16], 7);
        const wanted = await reference.unet(inputs, context);
        expect(wanted.dims).toEqual([2, 4, height, width]);
        expect(compare(await net.unet(inputs, context), wanted).snr).toBeGreaterThan(floor);
      }
      await reference.dispose();
      await net.dispose();
    },
  );

  it.each(['f32', 'f16', 'q8'] as const)(
    'adds the input channels that its config names to the result in %s',
    async (quantisation) => {
      const change = await compile(tinyCheckpoint(), quantisation);
      const residual = await compile(
        edited('unet/config.json', (json) => (json['deltacut_adds_input'] = [4, 8])),
        quantisation,
      );
      expect(residual.result.manifest.segments.at(-1)?.inputs).toContain('sample');
      const nets = [change, residual].map(
        ({ result, sink }) => new OraclePackage(result.manifest, sink.files),
      );
      const [height, width] = [7, 11];
      const sample = random([2, 9, height, width], 15);
      const inputs = { sample, timeEmbedding: random([2, 8], 16) };
      const context = random([1, 77, 16], 17);
      const [plain, added] = await Promise.all(nets.map((net) => net.unet(inputs, context)));
      const area = height * width;
      const wanted = plain?.data.map((value, at) => {
        const frame = Math.floor(at / (4 * area));
        return Math.fround(value + (sample.data[(frame * 9 + 4) * area + (at % (4 * area))] ?? 0));
      });
      expect(added?.data).toEqual(wanted);
      await Promise.all(nets.map((net) => net.dispose()));
    },
  );

  it('scales the input channels it adds where its config says so', async () => {
    const scaling = { deltacut_adds_input: [4, 8], deltacut_scales_input: true };
    const compiled = await Promise.all([
      compile(tinyCheckpoint('edit', [0, 4]), 'f32'),
      compile(tinyCheckpoint('edit', [4, 8]), 'f32'),
      compile(
        edited(
          'unet/config.json',
          (json) => Object.assign(json, scaling),
          tinyCheckpoint('edit', [0, 8]),
        ),
        'f32',
      ),
    ]);
    const nets = compiled.map(({ result, sink }) => new OraclePackage(result.manifest, sink.files));
    const area = 7 * 11;
    const sample = random([2, 9, 7, 11], 15);
    const inputs = { sample, timeEmbedding: random([2, 8], 16) };
    const context = random([1, 77, 16], 17);
    const [change, gain, result] = await Promise.all(nets.map((net) => net.unet(inputs, context)));
    const wanted = Float32Array.from({ length: 2 * 4 * area }, (_, at) => {
      const [frame, place] = [Math.floor(at / (4 * area)), at % (4 * area)];
      const source = sample.data[(frame * 9 + 4) * area + place] ?? 0;
      return (change?.data[at] ?? 0) + (1 + (gain?.data[at] ?? 0)) * source;
    });
    expect(result?.dims).toEqual([2, 4, 7, 11]);
    for (const [at, value] of wanted.entries()) {
      expect(result?.data[at]).toBeCloseTo(value, 5);
    }
    await Promise.all(nets.map((net) => net.dispose()));
  });

  it("follows the starter autoencoder's definition", async () => {
    const files = tinyCheckpoint();
    const { result, sink } = await compile(files, 'f32');
    const net = new OraclePackage(result.manifest, sink.files);
    const reference = await starterVae(files);
    const image = random([2, 3, 32, 48], 11);
    const { latents } = await net.run(result.manifest.vae.encoder.file, { image });
    expect(
      compare(latents as Plain, reference.encode(image), 1e-4, 1e-4).worst,
    ).toBeLessThanOrEqual(1);
    const decoded = await net.run(result.manifest.vae.decoder.file, { latents: latents as Plain });
    expect(
      compare(decoded['image'] as Plain, reference.decode(latents as Plain), 1e-4, 1e-4).worst,
    ).toBeLessThanOrEqual(1);
    await net.dispose();
  });
});

describe('an interrupted compile', () => {
  it('is taken up at the first file that is missing, and gives the same package', async () => {
    const files = tinyCheckpoint();
    const whole = await compile(files, 'q8');
    const sink = new MemorySink();
    const abort = new AbortController();
    const options = { id: 'tiny', quantisation: 'q8' } as const;
    const cut = compileCheckpoint(filesSource(files), sink, {
      ...options,
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done === 9) {
          abort.abort();
        }
      },
    });
    await expect(cut).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(sink.files.has('manifest.json')).toBe(false);
    let reads = 0;
    const counted: CheckpointSource = {
      list: filesSource(files).list,
      open: async (path) => {
        const file = await filesSource(files).open(path);
        return file && { ...file, read: (at, length) => ((reads += 1), file.read(at, length)) };
      },
    };
    const { manifest } = await compileCheckpoint(counted, sink, options);
    expect(manifest).toEqual(whole.result.manifest);
    expect(sink.files.get('unet-08.onnx')).toEqual(whole.sink.files.get('unet-08.onnx'));
    const fresh = reads;
    reads = 0;
    await compileCheckpoint(counted, new MemorySink(), options);
    expect(fresh).toBeLessThan(reads);
  });
});

describe('a checkpoint that can’t be compiled', () => {
  it('names a missing tensor', async () => {
    const files = edited('unet/config.json', (json) => (json['layers_per_block'] = 2));
    expect(await failure(files)).toMatchObject({
      code: 'model/bad-checkpoint',
      detail: 'The U-Net has no tensor down_blocks.0.resnets.1.norm1.weight.',
    });
  });

  it('names both shapes where they differ', async () => {
    const files = edited('unet/config.json', (json) => (json['block_out_channels'] = [8, 32]));
    const { code, detail } = await failure(files);
    expect(code).toBe('model/bad-checkpoint');
    expect(detail).toContain(
      'conv1.weight has shape [16, 8, 3, 3], the config asks for [32, 8, 3, 3]',
    );
  });

  it.each([
    [
      'a block of another family',
      'unet/config.json',
      { down_block_types: ['DownBlock2D', 'AttnDownBlock2D'] },
    ],
    ['another network class', 'unet/config.json', { _class_name: 'UNet3DConditionModel' }],
    ['downsampling that pads on two sides', 'unet/config.json', { downsample_padding: 0 }],
    ['a class embedding', 'unet/config.json', { class_embed_type: 'timestep' }],
    ['another autoencoder', 'vae/config.json', { _class_name: 'AutoencoderOobleck' }],
    ['another activation', 'text_encoder/config.json', { hidden_act: 'relu' }],
    [
      'an unknown scheduler',
      'scheduler/scheduler_config.json',
      { _class_name: 'FlowMatchEulerDiscreteScheduler' },
    ],
  ])('refuses %s', async (_, path, values) => {
    const { code, detail } = await failure(edited(path, (json) => Object.assign(json, values)));
    expect(code).toBe('model/unsupported');
    expect(detail).not.toBe('');
  });

  it.each([[[6, 10]], [[4, 7]], [[8, 4]], [[4.5, 8.5]], [[-4, 0]], [[4]], ['4:8']])(
    'refuses to add input channels %j, which are not there',
    async (range) => {
      const files = edited('unet/config.json', (json) => (json['deltacut_adds_input'] = range));
      const { code, detail } = await failure(files);
      expect(code).toBe('model/bad-checkpoint');
      expect(detail).toContain('deltacut_adds_input');
    },
  );

  it.each([
    ['nothing is added', { deltacut_scales_input: true }],
    ['no gain is made', { deltacut_adds_input: [4, 8], deltacut_scales_input: true }],
  ])('refuses to scale input channels where %s', async (_, values) => {
    const files = edited('unet/config.json', (json) => Object.assign(json, values));
    const { code, detail } = await failure(files);
    expect(code).toBe('model/bad-checkpoint');
    expect(detail).toMatch(/deltacut_(scales|adds)_input/);
  });

  it('refuses pickles without opening them', async () => {
    const files = tinyCheckpoint();
    files.delete('unet/diffusion_pytorch_model.safetensors');
    files.set('unet/diffusion_pytorch_model.bin', new Uint8Array(4));
    expect(await failure(files)).toMatchObject({
      code: 'model/pickle-refused',
      detail: 'unet/diffusion_pytorch_model.bin',
    });
  });

  it('refuses a LoRA that is a pickle without opening it', async () => {
    const file = { name: 'style.pt', bytes: 9, read: () => expect.fail('the pickle was opened') };
    const cut = compileCheckpoint(filesSource(tinyCheckpoint()), new MemorySink(), {
      id: 'tiny',
      quantisation: 'q8',
      loras: [{ file, weight: 1 }],
    });
    await expect(cut).rejects.toMatchObject({ code: 'model/pickle-refused', detail: 'style.pt' });
  });

  it('names a tensor of a type that is no float', async () => {
    const files = tinyCheckpoint();
    const path = 'vae/diffusion_pytorch_model.safetensors';
    const data = (files.get(path) ?? new Uint8Array()).slice();
    // The first type in the header, of the same width.
    const at = new TextDecoder('latin1').decode(data).indexOf('"F32"');
    data.set(new TextEncoder().encode('"I32"'), at);
    files.set(path, data);
    const { code, detail } = await failure(files);
    expect(code).toBe('model/bad-checkpoint');
    expect(detail).toContain('is I32; weights must be F32, F16 or BF16');
  });

  it('names a tensor with values that are no numbers, and leaves no package', async () => {
    const files = tinyCheckpoint();
    const path = 'vae/diffusion_pytorch_model.safetensors';
    const data = (files.get(path) ?? new Uint8Array()).slice();
    data.set([0, 0, 0xc0, 0x7f], data.byteLength - 4);
    files.set(path, data);
    const sink = new MemorySink();
    await expect(compile(files, 'q8', sink)).rejects.toMatchObject({
      code: 'model/bad-checkpoint',
      detail: expect.stringContaining('no finite numbers') as string,
    });
    expect(sink.files.has('manifest.json')).toBe(false);
  });

  it.each([
    ['{"!": 0', 'tokenizer/vocab.json is not valid JSON'],
    ['[]', 'tokenizer/vocab.json is not a JSON object'],
    ['{"!": 0}', 'tokenizer/vocab.json has no entry for the padding'],
  ])('refuses the vocabulary %s', async (text, words) => {
    const files = tinyCheckpoint();
    files.set('tokenizer/vocab.json', new TextEncoder().encode(text));
    const { code, detail } = await failure(files);
    expect(code).toBe('model/bad-checkpoint');
    expect(detail).toContain(words);
  });

  it('says which file is missing', async () => {
    const files = tinyCheckpoint();
    files.delete('tokenizer/merges.txt');
    expect(await failure(files)).toMatchObject({
      code: 'model/bad-checkpoint',
      detail: 'tokenizer/merges.txt is missing.',
    });
  });
});
