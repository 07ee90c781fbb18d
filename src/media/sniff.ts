/** What the first bytes of a file say, independent of its name. */
export type Sniffed = {
  /** A sentence for the user where the file is certainly no video. */
  readonly notVideo: string | null;
  readonly encrypted: boolean;
  /** An MP4 or QuickTime file without its index, so that not even the fallback can find a frame. */
  readonly lacksIndex: boolean;
  /** A sound track is there, whether or not it can be read. */
  readonly declaresSound: boolean;
};

const HEAD_BYTES = 64 * 1024;
const MAX_INDEX_BYTES = 32 << 20;

const SIGNATURES: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: 'a JPEG picture', bytes: [0xff, 0xd8, 0xff] },
  { name: 'a PNG picture', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'a PDF document', bytes: [0x25, 0x50, 0x44, 0x46] },
  { name: 'a ZIP archive', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a Photoshop picture', bytes: [0x38, 0x42, 0x50, 0x53] },
  { name: 'a TIFF picture', bytes: [0x49, 0x49, 0x2a, 0x00] },
  { name: 'a TIFF picture', bytes: [0x4d, 0x4d, 0x00, 0x2a] },
];

export async function sniffFile(file: Blob): Promise<Sniffed> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const plain = { notVideo: null, encrypted: false, lacksIndex: false, declaresSound: false };
  const signature = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (signature !== undefined) {
    return { ...plain, notVideo: `It is ${signature.name}.` };
  }
  if (isText(head)) {
    return { ...plain, notVideo: 'It is a text file.' };
  }
  if (readUint32(head, 0) === 0x1a45dfa3) {
    return { ...plain, encrypted: hasEncryptedTrack(head) };
  }
  const type = readType(head, 4);
  return ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'styp'].includes(type)
    ? { ...plain, ...(await sniffBoxes(file)) }
    : plain;
}

function isText(head: Uint8Array): boolean {
  const sample = head.subarray(0, 4096);
  return (
    sample.length > 0 &&
    sample.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 12 || byte === 13)
  );
}

/** Walks the top boxes of an MP4 and looks into `moov`. */
async function sniffBoxes(
  file: Blob,
): Promise<Pick<Sniffed, 'encrypted' | 'lacksIndex' | 'declaresSound'>> {
  let at = 0;
  let fragments = false;
  for (let boxes = 0; at + 8 <= file.size && boxes < 10_000; boxes++) {
    const header = new Uint8Array(await file.slice(at, at + 16).arrayBuffer());
    const type = readType(header, 4);
    let size = readUint32(header, 0);
    if (size === 1 && header.length === 16) {
      size = readUint32(header, 8) * 2 ** 32 + readUint32(header, 12);
    } else if (size === 0) {
      size = file.size - at;
    }
    if (type === 'moov') {
      const moov = new Uint8Array(
        await file.slice(at, at + Math.min(size, MAX_INDEX_BYTES)).arrayBuffer(),
      );
      return {
        encrypted: hasEncryptedPicture(moov),
        lacksIndex: false,
        declaresSound: findType(moov, 'soun') >= 0,
      };
    }
    fragments ||= type === 'moof';
    if (size < 8) {
      break;
    }
    at += size;
  }
  return { encrypted: false, lacksIndex: !fragments, declaresSound: false };
}

/** A protected picture track has the sample entry `encv`; its four letters follow a box size and nothing else does. */
function hasEncryptedPicture(moov: Uint8Array): boolean {
  const at = findType(moov, 'encv');
  return at >= 4 && readUint32(moov, at - 4) < moov.length && findType(moov, 'sinf') >= 0;
}

const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
/** Master elements on the way from the segment to a track's encryption. */
const DESCEND = new Set([SEGMENT, TRACKS, 0xae, 0x6d80, 0x6240]);
const CONTENT_ENCRYPTION = 0x5035;

/** Walks the EBML elements at the head of a Matroska file. */
function hasEncryptedTrack(head: Uint8Array): boolean {
  let at = 0;
  while (at < head.length) {
    const id = readVint(head, at, false);
    const size = id === null ? null : readVint(head, at + id.length, true);
    if (id === null || size === null) {
      return false;
    }
    if (id.value === CONTENT_ENCRYPTION) {
      return true;
    }
    at += id.length + size.length + (DESCEND.has(id.value) ? 0 : size.value);
  }
  return false;
}

/** EBML's variable-length number; identifiers keep their length marker, sizes drop it. */
function readVint(
  data: Uint8Array,
  at: number,
  dropsMarker: boolean,
): { readonly value: number; readonly length: number } | null {
  const first = data[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (first === 0 || at + length > data.length) {
    return null;
  }
  let value = dropsMarker ? first & ((1 << (8 - length)) - 1) : first;
  for (let i = 1; i < length; i++) {
    value = value * 256 + (data[at + i] ?? 0);
  }
  return { value, length };
}

function readUint32(data: Uint8Array, at: number): number {
  return (
    (data[at] ?? 0) * 2 ** 24 +
    ((data[at + 1] ?? 0) << 16) +
    ((data[at + 2] ?? 0) << 8) +
    (data[at + 3] ?? 0)
  );
}

function readType(data: Uint8Array, at: number): string {
  return String.fromCharCode(...data.subarray(at, at + 4));
}

function findType(data: Uint8Array, type: string): number {
  const [a, b, c, d] = Array.from(type, (letter) => letter.charCodeAt(0));
  for (let at = data.indexOf(a ?? 0); at >= 0; at = data.indexOf(a ?? 0, at + 1)) {
    if (data[at + 1] === b && data[at + 2] === c && data[at + 3] === d) {
      return at;
    }
  }
  return -1;
}
