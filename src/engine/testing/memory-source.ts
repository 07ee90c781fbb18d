import { AppError } from '../../base/error.ts';
import { sha256 } from '../../base/hash.ts';
import type { Manifest } from '../../models/manifest.ts';
import type { PackageSource } from '../package-source.ts';

/** A small but complete manifest: one self and one cross site. Graphs are not included. */
export function exampleManifest(changes: Partial<Manifest> = {}): Manifest {
  const site = { level: 1, heads: 4, headDim: 24 };
  return {
    format: 1,
    id: 'example',
    title: 'Example',
    licence: 'MIT',
    source: { url: '', revision: '' },
    quantisation: 'q8',
    stride: 32,
    defaultSize: 256,
    latent: { channels: 16, factor: 8, scale: 1, shift: 0, imageRange: [-1, 1] },
    conditioning: 'edit',
    prediction: 'v',
    contextWidth: 256,
    timeEmbedding: { channels: 48, flipSinToCos: true, freqShift: 0 },
    scheduler: {
      kind: 'ddim',
      steps: 4,
      trainSteps: 1000,
      betaStart: 0.00085,
      betaEnd: 0.012,
      betaSchedule: 'scaled_linear',
      spacing: 'trailing',
      stepsOffset: 0,
      zeroTerminalSnr: true,
      setAlphaToOne: true,
      clipSample: false,
    },
    guidance: { text: 1 },
    branches: [{ text: 'prompt', image: true }],
    text: {
      file: 'text.onnx',
      inputs: ['ids'],
      outputs: ['context'],
      tokenizer: 'clip-bpe',
      tokenizerFiles: { vocab: 'vocab.json', merges: 'merges.txt' },
      maxTokens: 77,
      padToken: 49407,
    },
    vae: {
      encoder: { file: 'vae-encoder.onnx', inputs: ['image'], outputs: ['latents'] },
      decoder: { file: 'vae-decoder.onnx', inputs: ['latents'], outputs: ['image'] },
    },
    contexts: [
      {
        role: 'text',
        file: 'context.onnx',
        inputs: ['context'],
        outputs: ['k', 'v'],
        sites: { cross: { k: 'k', v: 'v' } },
      },
    ],
    segments: [
      {
        file: 'unet-0.onnx',
        inputs: ['sample', 'timeEmbedding'],
        outputs: ['skip', 'h.0', 'q.0', 'k.0', 'v.0'],
        site: { ...site, path: 'self', kind: 'self', q: 'q.0', k: 'k.0', v: 'v.0', out: 'o.0' },
      },
      {
        file: 'unet-1.onnx',
        inputs: ['h.0', 'o.0'],
        outputs: ['h.1', 'q.1'],
        site: { ...site, path: 'cross', kind: 'cross', q: 'q.1', out: 'o.1' },
      },
      { file: 'unet-2.onnx', inputs: ['skip', 'h.1', 'o.1'], outputs: ['prediction'] },
    ],
    files: [
      { path: 'vae-encoder.onnx', bytes: 1, sha256: '1'.repeat(64) },
      { path: 'vae-decoder.onnx', bytes: 1, sha256: '2'.repeat(64) },
    ],
    ...changes,
  };
}

/** A package of files in memory. */
export function memorySource(
  id: string,
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
): PackageSource {
  return {
    id,
    read: async (path, _signal, onBytes) => {
      const file = files[path];
      if (file === undefined) {
        throw new AppError('model/not-found', path);
      }
      onBytes?.(file.length);
      return file.slice();
    },
  };
}

export async function fileEntry(
  path: string,
  data: Uint8Array,
): Promise<Manifest['files'][number]> {
  return { path, bytes: data.length, sha256: await sha256(data) };
}
