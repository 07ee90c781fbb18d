import { describe, expect, it } from 'vitest';
import { checkFits, openPackage } from './package.ts';
import { exampleManifest, fileEntry, memorySource } from './testing/memory-source.ts';

const signal = new AbortController().signal;
const encode = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value)) as Uint8Array<ArrayBuffer>;
const weights = Uint8Array.of(1, 2, 3);

async function open(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>) {
  const manifest = exampleManifest({ files: [await fileEntry('unet.onnx', weights)] });
  return await openPackage(
    memorySource('example', { 'manifest.json': encode(manifest), ...files }),
    signal,
  );
}

describe('openPackage', () => {
  it('hands out files whose checksum is right, and counts their bytes', async () => {
    const opened = await open({ 'unet.onnx': weights });
    let bytes = 0;
    expect(await opened.readFile('unet.onnx', signal, (count) => (bytes += count))).toEqual(
      weights,
    );
    expect(bytes).toBe(3);
    expect(opened.manifest.id).toBe('example');
    expect(opened.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses a damaged, a short, an unlisted and a missing file', async () => {
    const damaged = await open({ 'unet.onnx': Uint8Array.of(1, 2, 4) });
    await expect(damaged.readFile('unet.onnx', signal)).rejects.toMatchObject({
      code: 'model/hash-mismatch',
    });
    const short = await open({ 'unet.onnx': Uint8Array.of(1, 2) });
    await expect(short.readFile('unet.onnx', signal)).rejects.toMatchObject({
      code: 'model/hash-mismatch',
      detail: 'unet.onnx, 2 of 3 bytes.',
    });
    const other = await open({ 'other.onnx': weights });
    await expect(other.readFile('other.onnx', signal)).rejects.toMatchObject({
      code: 'model/bad-manifest',
    });
    await expect(other.readFile('unet.onnx', signal)).rejects.toMatchObject({
      code: 'model/not-found',
    });
  });

  it('refuses manifests it can not read', async () => {
    const broken = memorySource('example', { 'manifest.json': Uint8Array.of(123, 34) });
    await expect(openPackage(broken, signal)).rejects.toMatchObject({ code: 'model/bad-manifest' });
    const newer = memorySource('example', { 'manifest.json': encode({ format: 2 }) });
    await expect(openPackage(newer, signal)).rejects.toMatchObject({ code: 'model/bad-manifest' });
    await expect(openPackage(memorySource('none', {}), signal)).rejects.toMatchObject({
      code: 'model/not-found',
    });
  });
});

describe('checkFits', () => {
  it('refuses what WASM can not hold, and names the way out', () => {
    const large = exampleManifest({
      files: [{ path: 'a', bytes: 3.4e9, sha256: '0'.repeat(64) }],
      quantisation: 'f32',
    });
    expect(() => checkFits(large, 'cpu')).toThrow(/weights \(f32\) take 3\.2 GB.*q8 or q4/);
    expect(() => checkFits(large, 'webgpu')).not.toThrow();
    expect(() => checkFits(exampleManifest(), 'cpu')).not.toThrow();
  });

  it('counts half-precision weights as they are once loaded: Stable Diffusion 1.5 in f16', () => {
    const files = [{ path: 'a', bytes: 2.13e9, sha256: '0'.repeat(64) }];
    const half = exampleManifest({ files, quantisation: 'f16' });
    expect(() => checkFits(half, 'cpu')).toThrow(/weights \(f16\) take 4\.0 GB.*q8 or q4/);
    expect(() => checkFits(exampleManifest({ files, quantisation: 'q8' }), 'cpu')).not.toThrow();
  });
});
