import { AppError } from '../../base/error.ts';
import { readJsonFile, type CheckpointSource } from './byte-source.ts';
import { elementCount, Safetensors, type TensorEntry } from './safetensors.ts';

/** Changes one tensor after it is read: LoRA fusion. `values` is the whole tensor and may be written to. */
export type TensorPatch = (
  values: Float32Array<ArrayBuffer>,
  shape: readonly number[],
) => Promise<void>;

/**
 * The tensors of one network, over all files they are split into. Shapes are checked against headers while the
 * graph is built, before anything is read; values are read one tensor at a time.
 */
export class Weights {
  readonly #entries = new Map<
    string,
    { readonly file: Safetensors; readonly entry: TensorEntry }
  >();
  readonly #patches = new Map<string, TensorPatch[]>();
  readonly #used = new Set<string>();
  readonly label: string;
  /** Tells one state of the files from another. */
  readonly identity: string;

  constructor(label: string, files: readonly Safetensors[]) {
    this.label = label;
    this.identity = files.map((file) => file.identity).join('\n');
    for (const file of files) {
      for (const entry of file.header.tensors.values()) {
        this.#entries.set(entry.name, { file, entry });
      }
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Tensors that no graph asked for: a hint that the checkpoint holds more than was understood. */
  get unused(): readonly string[] {
    return this.names.filter((name) => !this.#used.has(name));
  }

  /** Bytes of all tensors as stored. */
  get bytes(): number {
    let sum = 0;
    for (const { entry } of this.#entries.values()) {
      sum += entry.to - entry.from;
    }
    return sum;
  }

  /** The stored shape, or `model/bad-checkpoint` naming the tensor. */
  shape(name: string): readonly number[] {
    return this.#entry(name).entry.shape;
  }

  /** Says that a graph will read this tensor with this shape; names both shapes if they differ. */
  expect(name: string, shape: readonly number[]): void {
    const { entry, file } = this.#entry(name);
    const stored = entry.shape;
    if (stored.length !== shape.length || stored.some((side, axis) => side !== shape[axis])) {
      throw new AppError(
        'model/bad-checkpoint',
        `${file.name}: ${name} has shape [${stored.join(', ')}], the config asks for [${shape.join(', ')}].`,
      );
    }
    if (entry.dtype !== 'F32' && entry.dtype !== 'F16' && entry.dtype !== 'BF16') {
      throw new AppError(
        'model/bad-checkpoint',
        `${file.name}: ${name} is ${entry.dtype}; weights must be F32, F16 or BF16.`,
      );
    }
    this.#used.add(name);
  }

  patch(name: string, patch: TensorPatch): void {
    this.#entry(name);
    this.#patches.set(name, [...(this.#patches.get(name) ?? []), patch]);
  }

  /** Values as float32 in stored order; with `rows`, only that range of the first axis. */
  async read(name: string, rows?: readonly [number, number]): Promise<Float32Array<ArrayBuffer>> {
    const { entry, file } = this.#entry(name);
    const width = elementCount(entry.shape.slice(1));
    const from = (rows?.[0] ?? 0) * width;
    const to = rows === undefined ? elementCount(entry.shape) : rows[1] * width;
    const patches = this.#patches.get(name) ?? [];
    const whole = patches.length > 0;
    const values = whole ? await file.readFloats(entry) : await file.readFloats(entry, from, to);
    for (const patch of patches) {
      await patch(values, entry.shape);
    }
    const wanted = whole ? values.subarray(from, to) : values;
    if (!wanted.every(Number.isFinite)) {
      throw new AppError(
        'model/bad-checkpoint',
        `${file.name}: ${name} holds values that are no finite numbers.`,
      );
    }
    return wanted.length === values.length ? wanted : wanted.slice();
  }

  #entry(name: string): { readonly file: Safetensors; readonly entry: TensorEntry } {
    const found = this.#entries.get(name);
    if (found === undefined) {
      throw new AppError('model/bad-checkpoint', `The ${this.label} has no tensor ${name}.`);
    }
    return found;
  }
}

/** Files that run code when they are opened. */
export const PICKLE = /\.(bin|ckpt|pt|pth|pkl)$/i;

/**
 * Opens the weights in `folder` of a diffusers or transformers checkpoint: one file, or several with an index. Plain
 * names win over variants (`.fp16.`); a folder with pickles alone is `model/pickle-refused`.
 */
export async function openWeights(
  source: CheckpointSource,
  folder: string,
  label: string,
): Promise<Weights> {
  return new Weights(label, await openFiles(source, folder));
}

/** The safetensors files of one folder, their headers checked. */
export async function openFiles(
  source: CheckpointSource,
  folder: string,
): Promise<readonly Safetensors[]> {
  const paths = await source.list(folder);
  const index = paths.find((path) => path.endsWith('.safetensors.index.json'));
  const names =
    index === undefined ? [pickFile(paths, folder)] : await shardPaths(source, folder, index);
  const files: Safetensors[] = [];
  for (const name of names) {
    const file = await source.open(name);
    if (file === undefined) {
      throw new AppError('model/bad-checkpoint', `${name} is missing.`);
    }
    files.push(await Safetensors.open(file));
  }
  return files;
}

function pickFile(paths: readonly string[], folder: string): string {
  const files = paths.filter((path) => path.endsWith('.safetensors'));
  const plain = files.filter((path) => !/\.(fp16|bf16|non_ema|ema_only)\./.test(path));
  const choice = [...(plain.length > 0 ? plain : files)].sort((a, b) => a.length - b.length)[0];
  if (choice !== undefined) {
    return choice;
  }
  const pickle = paths.find((path) => PICKLE.test(path));
  if (pickle !== undefined) {
    throw new AppError('model/pickle-refused', pickle);
  }
  throw new AppError('model/bad-checkpoint', `${folder || 'The folder'} has no .safetensors file.`);
}

async function shardPaths(
  source: CheckpointSource,
  folder: string,
  index: string,
): Promise<readonly string[]> {
  const file = await source.open(index);
  const map = file === undefined ? undefined : (await readJsonFile(file))['weight_map'];
  if (typeof map !== 'object' || map === null) {
    throw new AppError('model/bad-checkpoint', `${index} has no weight_map.`);
  }
  const names = [...new Set(Object.values(map))];
  return names.map((name) => {
    if (typeof name !== 'string' || name.includes('/') || name.includes('\\')) {
      throw new AppError(
        'model/bad-checkpoint',
        `${index} names the file ${JSON.stringify(name)}.`,
      );
    }
    return folder === '' ? name : `${folder}/${name}`;
  });
}
