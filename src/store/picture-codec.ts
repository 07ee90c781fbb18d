import { deflateSync } from 'fflate';
import { assert } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import type { Picture } from '../protocol/media.ts';
import { crc32 } from './crc32.ts';
import { filterRows, unfilterRows } from './row-filter.ts';

/**
 * Layout, little endian: magic 'DCP1', CRC-32 of all that follows, width, height (u32 each), raw deflate of the
 * filtered rows. Green, red - green, blue - green (mod 256) are what is filtered: it packs tighter than RGB.
 */
const MAGIC = 0x31504344;
const HEADER_BYTES = 16;
const CHECKED_FROM = 8;
const MAX_SIDE = 16_384;
const MAX_PIXELS = 1 << 26;

/** The browser's own stream knows one level, seven times as slow for files 14 % smaller. */
const LEVEL = 1;

/** Packs a picture without loss; alpha is not kept (pictures are opaque). */
export function encodePicture(picture: Picture): Uint8Array<ArrayBuffer> {
  const { width, height } = picture;
  assert(isPossibleSize(width, height), `picture of ${width} x ${height}`);
  assert(picture.data.length === width * height * 4, 'picture data does not match its size');
  const packed = deflateSync(filterRows(toDifferences(picture), width * 3), { level: LEVEL });
  const bytes = new Uint8Array(HEADER_BYTES + packed.length);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, MAGIC, true);
  header.setUint32(8, width, true);
  header.setUint32(12, height, true);
  bytes.set(packed, HEADER_BYTES);
  header.setUint32(4, crc32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/** Unpacks what `encodePicture` made; anything else is `store/damaged`. */
export async function decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<Picture> {
  const { width, height } = readHeader(bytes);
  const expected = height * (width * 3 + 1);
  let rows: Uint8Array<ArrayBuffer>;
  try {
    rows = await unpack(bytes.subarray(HEADER_BYTES), expected);
  } catch (error) {
    throw new AppError('store/damaged', 'A picture can’t be unpacked.', { cause: error });
  }
  if (rows.length !== expected) {
    throw new AppError('store/damaged', `A picture has ${rows.length} of ${expected} bytes.`);
  }
  const differences = unfilterRows(rows, width * 3);
  if (!differences) {
    throw new AppError('store/damaged', 'A picture has an unknown row filter.');
  }
  return { width, height, data: fromDifferences(differences) };
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): { width: number; height: number } {
  if (bytes.length <= HEADER_BYTES) {
    throw new AppError('store/damaged', `A picture file has only ${bytes.length} bytes.`);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (header.getUint32(0, true) !== MAGIC) {
    throw new AppError('store/damaged', 'A picture file does not begin like one.');
  }
  if (header.getUint32(4, true) !== crc32(bytes.subarray(CHECKED_FROM))) {
    throw new AppError('store/damaged', 'A picture’s checksum is wrong.');
  }
  const width = header.getUint32(8, true);
  const height = header.getUint32(12, true);
  if (!isPossibleSize(width, height)) {
    throw new AppError('store/damaged', `A picture says it is ${width} x ${height}.`);
  }
  return { width, height };
}

function isPossibleSize(width: number, height: number): boolean {
  const sides = [width, height];
  return (
    sides.every((side) => Number.isInteger(side) && side > 0 && side <= MAX_SIDE) &&
    width * height <= MAX_PIXELS
  );
}

function toDifferences({ data }: Picture): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const green = data[from + 1] ?? 0;
    out[to] = green;
    out[to + 1] = (data[from] ?? 0) - green;
    out[to + 2] = (data[from + 2] ?? 0) - green;
  }
  return out;
}

function fromDifferences(bytes: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray((bytes.length / 3) * 4);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const green = bytes[from] ?? 0;
    out[to] = (green + (bytes[from + 1] ?? 0)) & 0xff;
    out[to + 1] = green;
    out[to + 2] = (green + (bytes[from + 2] ?? 0)) & 0xff;
    out[to + 3] = 255;
  }
  return out;
}

/** Unpacks bytes; stops with `store/damaged` when more than `limit` come out. */
async function unpack(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const through = new DecompressionStream('deflate-raw');
  const writer = through.writable.getWriter();
  // A failure shows up on the reading side as well, which is the one that is awaited.
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => undefined);
  const reader = through.readable.getReader();
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    parts.push(value);
    total += value.length;
    if (total > limit) {
      await reader.cancel().catch(() => undefined);
      throw new AppError('store/damaged', `A picture unpacks to more than ${limit} bytes.`);
    }
  }
  await written;
  const out = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
