import { AppError } from '../../base/error.ts';
import { parseJsonObject, type ByteSource } from './byte-source.ts';
import { bfloatToFloat, halfToFloat } from '../../base/half-float.ts';

/** What the format names as element types, with their size; only the float types can be read as weights. */
const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

export type Dtype = keyof typeof DTYPE_BYTES;

export type TensorEntry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Byte range inside the file, from its start. */
  readonly from: number;
  readonly to: number;
};

export type SafetensorsHeader = {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
};

/** Real headers stay under 1 MB; the format's own reader refuses more than this. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_RANK = 8;

/** A safetensors file whose header has been checked; tensors are read one by one. */
export class Safetensors {
  readonly #source: ByteSource;
  readonly header: SafetensorsHeader;

  private constructor(source: ByteSource, header: SafetensorsHeader) {
    this.#source = source;
    this.header = header;
  }

  /** Reads and checks the header. Anything wrong is `model/bad-checkpoint`, with what and where. */
  static async open(source: ByteSource): Promise<Safetensors> {
    if (source.bytes < 8) {
      fail(source.name, `has ${String(source.bytes)} bytes; a header alone needs 8`);
    }
    const prefix = await source.read(0, 8);
    const headerBytes = headerLength(prefix, source);
    const header = await source.read(8, headerBytes);
    if (header.byteLength !== headerBytes) {
      fail(
        source.name,
        `ends inside its header (${String(header.byteLength)} of ${String(headerBytes)} bytes)`,
      );
    }
    return new Safetensors(source, parseHeader(header, source.name, source.bytes));
  }

  get name(): string {
    return this.#source.name;
  }

  /** Tells one state of the file from another. */
  get identity(): string {
    return `${this.name} ${String(this.#source.bytes)} ${this.#source.version ?? ''}`;
  }

  /** Elements `[from, to)` of a tensor as float32 (F32, F16, BF16), in stored order; all of them by default. */
  async readFloats(
    entry: TensorEntry,
    from = 0,
    to = elementCount(entry.shape),
  ): Promise<Float32Array<ArrayBuffer>> {
    if (entry.dtype !== 'F32' && entry.dtype !== 'F16' && entry.dtype !== 'BF16') {
      fail(this.name, `${entry.name} is ${entry.dtype}; weights must be F32, F16 or BF16`);
    }
    const size = DTYPE_BYTES[entry.dtype];
    const data = await this.#source.read(entry.from + from * size, (to - from) * size);
    if (data.byteLength !== (to - from) * size) {
      fail(
        this.name,
        `${entry.name} is cut off: ${String(data.byteLength)} of ${String((to - from) * size)} bytes`,
      );
    }
    const aligned = data.byteOffset % size === 0 ? data : data.slice();
    if (entry.dtype === 'F32') {
      return new Float32Array(aligned.buffer, aligned.byteOffset, to - from);
    }
    const patterns = new Uint16Array(aligned.buffer, aligned.byteOffset, to - from);
    return entry.dtype === 'F16' ? halfToFloat(patterns) : bfloatToFloat(patterns);
  }

  /** The raw little-endian bytes of a tensor of any type. */
  async readBytes(entry: TensorEntry): Promise<Uint8Array<ArrayBuffer>> {
    const data = await this.#source.read(entry.from, entry.to - entry.from);
    if (data.byteLength !== entry.to - entry.from) {
      fail(this.name, `${entry.name} is cut off`);
    }
    return data;
  }
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function fail(file: string, what: string): never {
  throw new AppError('model/bad-checkpoint', `${file}: ${what}.`);
}

function headerLength(prefix: Uint8Array<ArrayBuffer>, source: ByteSource): number {
  if (prefix.byteLength !== 8) {
    fail(source.name, 'ends inside its first 8 bytes');
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(source.bytes - 8) || length > BigInt(MAX_HEADER_BYTES)) {
    fail(
      source.name,
      `says its header has ${String(length)} bytes; the file has ${String(source.bytes)}`,
    );
  }
  return Number(length);
}

/**
 * Parses a header (safetensors format, without its 8-byte length) against the size of the whole file. Every tensor's
 * range must fit its shape and type, lie inside the file, and overlap no other.
 */
export function parseHeader(
  header: Uint8Array,
  file: string,
  fileBytes: number,
): SafetensorsHeader {
  const json = parseJsonObject(header, file);
  const dataStart = 8 + header.byteLength;
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') {
      metadata = parseMetadata(value, file);
    } else {
      tensors.set(name, parseEntry(name, value, file, dataStart, fileBytes));
    }
  }
  checkNoOverlap(tensors, file);
  return { tensors, metadata };
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(file, '__metadata__ is not an object');
  }
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      fail(file, `__metadata__ ${key} is not text`);
    }
    metadata[key] = text;
  }
  return metadata;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseEntry(
  name: string,
  value: unknown,
  file: string,
  dataStart: number,
  fileBytes: number,
): TensorEntry {
  if (typeof value !== 'object' || value === null) {
    fail(file, `${name} is not described by an object`);
  }
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    fail(file, `${name} has the unknown type ${JSON.stringify(dtype)}`);
  }
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) {
    fail(file, `${name} has the bad shape ${JSON.stringify(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    fail(file, `${name} has the bad offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const known = dtype as Dtype;
  const bytes = elementCount(shape as number[]) * DTYPE_BYTES[known];
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes) {
    fail(
      file,
      `${name}: ${known} ${JSON.stringify(shape)} needs ${String(bytes)} bytes, its offsets [${String(begin)}, ${String(end)}] hold ${String(end - begin)}`,
    );
  }
  if (end > fileBytes - dataStart) {
    fail(file, `${name} ends at byte ${String(dataStart + end)}, the file at ${String(fileBytes)}`);
  }
  return {
    name,
    dtype: known,
    shape: shape as number[],
    from: dataStart + begin,
    to: dataStart + end,
  };
}

function checkNoOverlap(tensors: ReadonlyMap<string, TensorEntry>, file: string): void {
  const ordered = [...tensors.values()]
    .filter((entry) => entry.to > entry.from)
    .sort((a, b) => a.from - b.from);
  let previous: TensorEntry | undefined;
  for (const entry of ordered) {
    if (previous !== undefined && entry.from < previous.to) {
      fail(file, `${previous.name} and ${entry.name} overlap`);
    }
    previous = entry;
  }
}
