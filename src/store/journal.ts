import { crc32 } from './crc32.ts';

/**
 * A state of a project as one record, all numbers little endian:
 *
 *     bytes 0-3    'DCJ1'
 *     bytes 4-7    epoch: counts writers, so that one that was thought dead can't win over its successor
 *     bytes 8-11   sequence number within the epoch
 *     bytes 12-15  length of the text in bytes
 *     bytes 16-19  CRC-32 of bytes 4 to 15 and the text
 *     bytes 20-    the text, UTF-8
 *
 * Every record is a whole state, so one whole record is all that reading needs: a torn tail or flipped bytes cost the
 * states they hit and none before or after them.
 */
export type JournalRecord = {
  readonly epoch: number;
  readonly sequence: number;
  readonly text: string;
};

const MAGIC = [0x44, 0x43, 0x4a, 0x31] as const;
const HEAD_BYTES = 20;

export function encodeRecord({ epoch, sequence, text }: JournalRecord): Uint8Array<ArrayBuffer> {
  const payload = new TextEncoder().encode(text);
  const bytes = new Uint8Array(HEAD_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(4, epoch, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, payload.length, true);
  bytes.set(payload, HEAD_BYTES);
  view.setUint32(16, checksum(bytes), true);
  return bytes;
}

export type JournalReading = {
  /** The newest whole record; null if there is none. */
  readonly newest: JournalRecord | null;
  /** Bytes that belong to no whole record. */
  readonly damagedBytes: number;
};

/** Reads a file of records, going on at the next mark after whatever is torn or flipped. */
export function readJournal(bytes: Uint8Array): JournalReading {
  let newest: { at: number; epoch: number; sequence: number; length: number } | null = null;
  let damagedBytes = 0;
  let at = 0;
  while (at < bytes.length) {
    const head = readHead(bytes, at);
    if (head === null) {
      const next = findMark(bytes, at + 1);
      damagedBytes += next - at;
      at = next;
      continue;
    }
    if (newest === null || isNewer(head, newest)) {
      newest = { at, ...head };
    }
    at += HEAD_BYTES + head.length;
  }
  if (newest === null) {
    return { newest: null, damagedBytes };
  }
  const from = newest.at + HEAD_BYTES;
  const text = new TextDecoder('utf-8').decode(bytes.subarray(from, from + newest.length));
  const { epoch, sequence } = newest;
  return { newest: { epoch, sequence, text }, damagedBytes };
}

type Place = { readonly epoch: number; readonly sequence: number };

export function isNewer(a: Place, b: Place): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.sequence > b.sequence);
}

function readHead(
  bytes: Uint8Array,
  at: number,
): { epoch: number; sequence: number; length: number } | null {
  if (bytes.length - at < HEAD_BYTES || !isMark(bytes, at)) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const length = view.getUint32(12, true);
  if (length > bytes.length - at - HEAD_BYTES) {
    return null;
  }
  const record = bytes.subarray(at, at + HEAD_BYTES + length);
  return checksum(record) === view.getUint32(16, true)
    ? { epoch: view.getUint32(4, true), sequence: view.getUint32(8, true), length }
    : null;
}

function checksum(record: Uint8Array): number {
  return crc32(record.subarray(HEAD_BYTES), crc32(record.subarray(4, 16)));
}

function isMark(bytes: Uint8Array, at: number): boolean {
  return MAGIC.every((byte, index) => bytes[at + index] === byte);
}

function findMark(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (isMark(bytes, at)) {
      return at;
    }
  }
  return bytes.length;
}
