import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinPieces } from '../package-sink.ts';
import type { PackageFile } from '../pack-unet.ts';
import { memorySource, parseJsonObject } from '../reading/byte-source.ts';
import { Safetensors } from '../reading/safetensors.ts';
import { Weights } from '../reading/weights.ts';

/** A float tensor in plain memory. */
export type Plain = { readonly dims: readonly number[]; readonly data: Float32Array };

export type Tolerance = {
  readonly fp32: { readonly atol: number; readonly rtol: number };
  /** Cases that were not run in half precision have none. */
  readonly fp16?: { readonly max_abs: number; readonly mean_abs: number };
};

/** One folder of reference numbers (their README has the format). */
export class Golden {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  json(name: string): Readonly<Record<string, unknown>> {
    return parseJsonObject(readFileSync(join(this.folder, name)), name);
  }

  has(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  get tolerance(): Tolerance {
    return this.json('meta.json')['tolerance'] as Tolerance;
  }

  file(name: string): Promise<Safetensors> {
    return Safetensors.open(
      memorySource(name, new Uint8Array(readFileSync(join(this.folder, name)))),
    );
  }

  async weights(name = 'weights.safetensors'): Promise<Weights> {
    return new Weights('checkpoint', [await this.file(name)]);
  }

  /** All float tensors of a file; integers are widened. */
  async tensors(name: string): Promise<Record<string, Plain>> {
    const file = await this.file(name);
    const out: Record<string, Plain> = {};
    for (const entry of file.header.tensors.values()) {
      const raw = await file.readBytes(entry);
      const data =
        entry.dtype === 'I64'
          ? Float32Array.from(new BigInt64Array(raw.buffer), Number)
          : entry.dtype === 'I32'
            ? Float32Array.from(new Int32Array(raw.buffer))
            : entry.dtype === 'U8'
              ? Float32Array.from(raw)
              : await file.readFloats(entry);
      out[entry.name] = { dims: entry.shape, data };
    }
    return out;
  }
}

export async function renderFiles(files: readonly PackageFile[]): Promise<Map<string, Uint8Array>> {
  const out = new Map<string, Uint8Array>();
  for (const file of files) {
    out.set(file.path, await joinPieces(file.write()));
  }
  return out;
}

/** The sinusoid that the engine feeds: cosines first, frequencies 10000^(-i / half). */
export function sinusoid(timesteps: Plain, channels: number): Plain {
  const half = channels / 2;
  const data = new Float32Array(timesteps.data.length * channels);
  timesteps.data.forEach((time, row) => {
    for (let i = 0; i < half; i++) {
      const angle = time * Math.exp((-Math.log(10000) * i) / half);
      data[row * channels + i] = Math.cos(angle);
      data[row * channels + half + i] = Math.sin(angle);
    }
  });
  return { dims: [timesteps.data.length, channels], data };
}

export type Difference = {
  readonly maxAbs: number;
  readonly meanAbs: number;
  readonly worst: number;
  readonly snr: number;
};

/** `worst` is the largest |difference| / (atol + rtol * |reference|): at most 1 passes. */
export function compare(got: Plain, wanted: Plain, atol = 1, rtol = 0): Difference {
  if (got.dims.join() !== wanted.dims.join()) {
    throw new Error(`shape [${got.dims.join()}], the reference has [${wanted.dims.join()}]`);
  }
  let maxAbs = 0;
  let sum = 0;
  let worst = 0;
  let power = 0;
  let noise = 0;
  wanted.data.forEach((reference, at) => {
    const difference = Math.abs((got.data[at] ?? Number.NaN) - reference);
    maxAbs = Math.max(maxAbs, difference);
    sum += difference;
    worst = Math.max(
      worst,
      Number.isNaN(difference)
        ? Number.POSITIVE_INFINITY
        : difference / (atol + rtol * Math.abs(reference)),
    );
    power += reference ** 2;
    noise += difference ** 2;
  });
  return { maxAbs, meanAbs: sum / wanted.data.length, worst, snr: 10 * Math.log10(power / noise) };
}
