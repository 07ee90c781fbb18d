import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';
import type { Plain } from './testing/golden.ts';
import { OraclePackage } from './testing/run-graph.ts';
import { pseudoRandom } from './testing/tiny-checkpoint.ts';

const FOLDER = new URL('../../public/models/starter/', import.meta.url);
const read = (path: string): Uint8Array => readFileSync(new URL(path, FOLDER));
const manifest = parseManifest(JSON.parse(new TextDecoder().decode(read('manifest.json'))));

function random(dims: readonly number[], seed: number): Plain {
  return {
    dims,
    data: pseudoRandom(
      dims.reduce((product, side) => product * side, 1),
      seed,
    ),
  };
}

it('the starter is whole, hashed and under 40 MB', () => {
  const stored = manifest.files.map(({ path }) => {
    const data = read(path);
    const sha256 = createHash('sha256').update(data).digest('hex');
    return { path, bytes: data.byteLength, sha256 };
  });
  expect(stored).toEqual(manifest.files);
  expect(stored.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThan(40e6);
});

it('the starter goes from picture to prediction to picture at an odd size', async () => {
  const files = new Map(manifest.files.map(({ path }) => [path, read(path)]));
  const net = new OraclePackage(manifest, files);
  const { channels, factor } = manifest.latent;
  const [height, width] = [5, 7];
  const image = random([1, 3, height * factor, width * factor], 1);
  const encoded = await net.run(manifest.vae.encoder.file, { image });
  const latents = encoded['latents'] as Plain;
  expect(latents.dims).toEqual([1, channels, height, width]);
  const ids = { dims: [1, 77], ids: new Int32Array(77).fill(manifest.text.padToken) };
  const { context } = await net.run(manifest.text.file, { ids });
  const prediction = await net.unet(
    {
      sample: random([2, channels * 2 + 1, height, width], 2),
      timeEmbedding: random([2, manifest.timeEmbedding.channels], 3),
    },
    context as Plain,
  );
  expect(prediction.dims).toEqual([2, channels, height, width]);
  const decoded = await net.run(manifest.vae.decoder.file, { latents });
  expect(decoded['image']?.dims).toEqual(image.dims);
  for (const made of [latents, prediction, decoded['image'] as Plain]) {
    expect(made.data.every(Number.isFinite)).toBe(true);
  }
  await net.dispose();
});
