const BLOCK = 512;

/** The files of a plain USTAR archive by name; the bytes are views of `archive`. */
export function readTar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const text = (from: number, length: number): string => {
    const bytes = archive.subarray(from, from + length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const length = Number.parseInt(text(at + 124, 12), 8);
    if (!Number.isFinite(length)) {
      throw new RangeError(`no archive header at byte ${at}`);
    }
    const prefix = text(at + 345, 155);
    const name = text(at, 100);
    const start = at + BLOCK;
    const kind = archive[at + 156];
    if (kind === 0 || kind === 0x30) {
      files.set(
        prefix === '' ? name : `${prefix}/${name}`,
        archive.subarray(start, start + length),
      );
    }
    at = start + Math.ceil(length / BLOCK) * BLOCK;
  }
  return files;
}
