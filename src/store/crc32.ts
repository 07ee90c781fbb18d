const TABLE = makeTable();

/** CRC-32 (ISO 3309, polynomial 0xEDB88320) of the bytes, unsigned. `seed` continues an earlier checksum. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  let state = ~seed;
  for (const byte of bytes) {
    state = (state >>> 8) ^ (TABLE[(state ^ byte) & 0xff] ?? 0);
  }
  return ~state >>> 0;
}

function makeTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    }
    table[index] = value;
  }
  return table;
}
