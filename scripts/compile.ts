import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError, toAppError } from '../src/base/error.ts';
import { measureCheckpoint } from '../src/models/checkpoint-size.ts';
import { compileCheckpoint, type CompileResult, type LoraSource } from '../src/models/compile.ts';
import { chooseQuantisation } from '../src/models/quantise/default-quantisation.ts';
import type { Quantisation } from '../src/models/quantise/weight-coder.ts';
import type { CheckpointSource } from '../src/models/reading/byte-source.ts';
import { nodeCheckpoint, openNodeFile } from './node-checkpoint.ts';
import { NodePackageSink } from './node-package-sink.ts';
import { asksForHelp, parseWords } from './command-line.ts';

const USAGE =
  'npm run compile -- DIR -o OUT [--quantize f32|f16|q8|q4] [--lora FILE[:WEIGHT]]… [--id NAME] [--json]';
const QUANTISATIONS: readonly string[] = [
  'f32',
  'f16',
  'q8',
  'q4',
] satisfies readonly Quantisation[];

type Options = {
  readonly from: string;
  readonly out: string;
  /** Null: what suits a processor, which is all that Node knows of. */
  readonly quantisation: Quantisation | null;
  readonly id: string;
  readonly json: boolean;
  readonly loras: readonly { readonly path: string; readonly weight: number }[];
};

function usage(what: string): never {
  throw new AppError('cli/usage', `${what}\n${USAGE}`);
}

function parseOptions(args: readonly string[], folder: string): Options {
  const { positionals, values } = parseWords(args, OPTIONS, `\n${USAGE}`);
  const from = positionals[0];
  if (from === undefined || positionals.length !== 1) {
    usage('Name one checkpoint folder.');
  }
  if (values.out === undefined) {
    usage('Name the package folder with -o.');
  }
  const quantisation = values.quantize ?? null;
  if (quantisation !== null && !QUANTISATIONS.includes(quantisation)) {
    usage(`--quantize ${quantisation} is not one of ${QUANTISATIONS.join(', ')}.`);
  }
  const out = resolve(folder, values.out);
  return {
    from: resolve(folder, from),
    out,
    quantisation: quantisation as Quantisation | null,
    id: values.id ?? toId(basename(out)),
    json: values.json ?? false,
    loras: (values.lora ?? []).map((text) => parseLora(text, folder)),
  };
}

const OPTIONS = {
  out: { type: 'string', short: 'o' },
  quantize: { type: 'string' },
  lora: { type: 'string', multiple: true },
  id: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `FILE` or `FILE:WEIGHT`; a drive letter's colon is part of the file. */
function parseLora(text: string, folder: string): Options['loras'][number] {
  const [, file = text, weight] = /^(.+?)(?::(-?\d*\.?\d+))?$/.exec(text) ?? [];
  return { path: resolve(folder, file), weight: weight === undefined ? 1 : Number(weight) };
}

async function openLoras(loras: Options['loras']): Promise<readonly LoraSource[]> {
  const sources: LoraSource[] = [];
  for (const { path, weight } of loras) {
    const file = await openNodeFile(path, basename(path));
    if (file === undefined) {
      usage(`${path} is not a file.`);
    }
    sources.push({ file, weight });
  }
  return sources;
}

function toId(name: string): string {
  const id = name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  return /^[a-z0-9]/.test(id) ? id : `model-${id}`;
}

function summary(result: CompileResult, seconds: number): Record<string, unknown> {
  const integers = result.tensors.filter((tensor) => Number.isFinite(tensor.snr));
  return {
    ok: true,
    bytesIn: result.bytesIn,
    bytesOut: result.bytesOut,
    seconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    segments: result.manifest.segments.length,
    sites: result.manifest.segments.filter((segment) => segment.site !== undefined).length,
    lowestSnr: Math.min(...integers.map((tensor) => tensor.snr)),
    unused: result.unused,
    loras: result.loras,
  };
}

async function defaultQuantisation(source: CheckpointSource): Promise<Quantisation> {
  const { quantisation, reason } = chooseQuantisation(await measureCheckpoint(source), {
    kind: 'cpu',
  });
  process.stderr.write(`${quantisation}: ${reason}\n`);
  return quantisation;
}

async function compile(options: Options): Promise<void> {
  const info = await stat(options.from).catch(() => undefined);
  if (info === undefined || !info.isDirectory()) {
    usage(`${options.from} is not a folder.`);
  }
  const loras = await openLoras(options.loras);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  const started = performance.now();
  try {
    const source = nodeCheckpoint(options.from);
    const quantisation = options.quantisation ?? (await defaultQuantisation(source));
    const result = await compileCheckpoint(source, new NodePackageSink(options.out), {
      id: options.id,
      quantisation,
      loras,
      signal: abort.signal,
      onProgress: ({ done, total, path }) =>
        process.stderr.write(`\r${String(done).padStart(3)}/${String(total)} ${path.padEnd(28)}`),
    });
    process.stderr.write('\n');
    const figures = summary(result, (performance.now() - started) / 1000);
    if (options.json) {
      process.stdout.write(`${JSON.stringify(figures)}\n`);
    } else {
      const megabytes = (bytes: unknown): string => `${(Number(bytes) / 1e6).toFixed(1)} MB`;
      process.stdout.write(
        `${result.manifest.id}: ${megabytes(figures['bytesIn'])} to ${megabytes(figures['bytesOut'])} (${quantisation}), ` +
          `${String(figures['segments'])} segments, ${Number(figures['seconds']).toFixed(1)} s, ` +
          `peak ${megabytes(figures['peakBytes'])}, lowest SNR of a tensor ${Number(figures['lowestSnr']).toFixed(1)} dB\n`,
      );
      for (const name of result.unused) {
        process.stderr.write(`not used: ${name}\n`);
      }
      for (const name of result.loras.flatMap((lora) => lora.unknown)) {
        process.stderr.write(`fits no layer: ${name}\n`);
      }
    }
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

/** `npm run compile`: a checkpoint in diffusers layout to a model package. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  if (asksForHelp(args)) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  try {
    await compile(parseOptions(args, folder));
    return 0;
  } catch (error) {
    const failure = toAppError(error, 'model/bad-checkpoint');
    process.stderr.write(`${failure.message}\n`);
    if (args.includes('--json')) {
      process.stdout.write(
        `${JSON.stringify({ ok: false, code: failure.code, message: failure.message })}\n`,
      );
    }
    return failure.code === 'cli/usage' ? 2 : 1;
  }
}
