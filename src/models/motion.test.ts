import { describe, expect, it } from 'vitest';
import { compileCheckpoint } from './compile.ts';
import { MemorySink } from './package-sink.ts';
import { compare, type Plain } from './testing/golden.ts';
import { OraclePackage, plainAttention } from './testing/run-graph.ts';
import {
  filesSource,
  pseudoRandom,
  tinyCheckpoint,
  type TinyFiles,
  type TinyTensor,
} from './testing/tiny-checkpoint.ts';
import { TINY_FRAMES, tinyMotionAdapter } from './testing/tiny-motion.ts';

const WINDOW = 3;
const [HEIGHT, WIDTH] = [6, 5];

async function compile(extra: TinyFiles) {
  const files = new Map([...tinyCheckpoint(), ...extra]);
  const sink = new MemorySink();
  const options = { id: 'tiny', quantisation: 'f32' } as const;
  const { manifest, unused } = await compileCheckpoint(filesSource(files), sink, options);
  return { manifest, unused, net: new OraclePackage(manifest, sink.files) };
}

function random(dims: readonly number[], seed: number): Plain {
  const count = dims.reduce((product, side) => product * side, 1);
  return { dims, data: pseudoRandom(count, seed) };
}

function frames(value: Plain, from: number, to: number): Plain {
  const [count = 1, ...sides] = value.dims;
  const size = value.data.length / count;
  return { dims: [to - from, ...sides], data: value.data.slice(from * size, to * size) };
}

const sample = random([2 * WINDOW, 9, HEIGHT, WIDTH], 5);
const timeEmbedding = random([2 * WINDOW, 8], 6);
const context = random([1, 77, 16], 7);
const positions = { dims: [WINDOW], ids: Int32Array.from({ length: WINDOW }, (_, at) => at) };

function edited(change: (json: Record<string, unknown>) => void): TinyFiles {
  const files = tinyMotionAdapter();
  const path = 'motion_adapter/config.json';
  const json = JSON.parse(new TextDecoder().decode(files.get(path))) as Record<string, unknown>;
  change(json);
  return files.set(path, new TextEncoder().encode(JSON.stringify(json)));
}

describe('a checkpoint with a motion adapter', () => {
  it('becomes a package with sites over time behind every layer', async () => {
    const { manifest, unused, net } = await compile(tinyMotionAdapter());
    expect(unused).toEqual([]);
    const sites = manifest.segments.flatMap(({ site }) => (site === undefined ? [] : [site]));
    const temporal = sites.filter(({ kind }) => kind === 'temporal');
    expect(temporal.map(({ path }) => path)).toContain(
      'up_blocks.1.motion_modules.1.transformer_blocks.0.attn2',
    );
    expect(temporal).toHaveLength(14);
    expect(sites).toHaveLength(22);
    expect(manifest.segments[0]?.inputs).toContain('positions');
    const shapes: (readonly number[])[] = [];
    const made = await net.unet({ sample, timeEmbedding, positions }, context, (site, q, k, v) => {
      shapes.push(...(site.kind === 'temporal' ? [q.dims, k.dims, v.dims] : []));
      return plainAttention(q, k, v, site.heads);
    });
    const outer = [2 * HEIGHT * WIDTH, WINDOW, 8];
    const inner = [2 * 3 * 3, WINDOW, 16];
    const widths = temporal.flatMap(({ level }) => Array.from({ length: 3 }, () => level));
    expect(shapes).toEqual(widths.map((level) => (level === 0 ? outer : inner)));
    expect(made.dims).toEqual([2 * WINDOW, 4, HEIGHT, WIDTH]);
    await net.dispose();
  });

  it('is the plain network where the modules add nothing', async () => {
    const silent = tinyMotionAdapter((tensors) => {
      for (const [name, { values }] of Object.entries(tensors)) {
        if (name.includes('.proj_out.')) {
          values.fill(0);
        }
      }
    });
    const [plain, motion] = await Promise.all([compile(new Map()), compile(silent)]);
    const wanted = await plain.net.unet({ sample, timeEmbedding }, context);
    expect(await motion.net.unet({ sample, timeEmbedding, positions }, context)).toEqual(wanted);
    await Promise.all([plain.net.dispose(), motion.net.dispose()]);
  });

  it('couples the frames of a window and no others', async () => {
    const { net } = await compile(tinyMotionAdapter());
    const both = await net.unet({ sample, timeEmbedding, positions }, context);
    for (const [from, to] of [
      [0, WINDOW],
      [WINDOW, 2 * WINDOW],
    ] as const) {
      const inputs = {
        sample: frames(sample, from, to),
        timeEmbedding: frames(timeEmbedding, from, to),
        positions,
      };
      const alone = await net.unet(inputs, context);
      expect(compare(alone, frames(both, from, to), 1e-4, 1e-4).worst).toBeLessThanOrEqual(1);
    }
    const last = sample.data.slice();
    last.fill(0.5, (last.length / 6) * 5);
    const other = await net.unet(
      { sample: { ...sample, data: last }, timeEmbedding, positions },
      context,
    );
    const change = (at: number): number =>
      compare(frames(other, at, at + 1), frames(both, at, at + 1)).maxAbs;
    expect(change(0)).toBeLessThan(1e-4);
    expect(change(3)).toBeGreaterThan(1e-3);
    await net.dispose();
  });

  it('computes the position table where the file has none', async () => {
    const stored = tinyMotionAdapter((tensors) => {
      for (const name of Object.keys(tensors)) {
        if (name.endsWith('.norm1.weight')) {
          const [channels = 0] = tensors[name]?.shape ?? [];
          tensors[name.replace('norm1.weight', 'pos_embed.pe')] = positionTable(channels);
        }
      }
    });
    const [without, withTable] = await Promise.all([compile(tinyMotionAdapter()), compile(stored)]);
    expect(withTable.unused).toEqual([]);
    const inputs = { sample, timeEmbedding, positions };
    const wanted = await withTable.net.unet(inputs, context);
    const got = await without.net.unet(inputs, context);
    expect(compare(got, wanted, 1e-4, 1e-4).worst).toBeLessThanOrEqual(1);
    await Promise.all([without.net.dispose(), withTable.net.dispose()]);
  });

  it.each([
    ['other channels', { block_out_channels: [8, 32] }, 'model/unsupported'],
    ['other layers', { motion_layers_per_block: 2 }, 'model/unsupported'],
    ['other norm groups', { motion_norm_num_groups: 8 }, 'model/unsupported'],
    ['heads that do not divide', { motion_num_attention_heads: 3 }, 'model/unsupported'],
    ['an entry convolution', { conv_in_channels: 9 }, 'model/bad-checkpoint'],
    ['another class', { _class_name: 'SparseControlNetModel' }, 'model/bad-checkpoint'],
    ['a window without a length', { motion_max_seq_length: 0 }, 'model/bad-checkpoint'],
  ])('is refused with %s', async (_, values, code) => {
    await expect(compile(edited((json) => Object.assign(json, values)))).rejects.toMatchObject({
      code,
    });
  });
});

/** By the definition: even channels sin, odd ones cos of frame * 10000^(-2i / width). */
function positionTable(channels: number): TinyTensor {
  const values = new Float32Array(TINY_FRAMES * channels);
  for (let frame = 0; frame < TINY_FRAMES; frame++) {
    for (let pair = 0; pair < channels / 2; pair++) {
      const angle = frame / 10000 ** ((2 * pair) / channels);
      values[frame * channels + 2 * pair] = Math.sin(angle);
      values[frame * channels + 2 * pair + 1] = Math.cos(angle);
    }
  }
  return { shape: [1, TINY_FRAMES, channels], values };
}
