/** The names people use, for codecs whose identifiers in WebCodecs or ffmpeg differ. */
const NAMES: Readonly<Record<string, string>> = {
  avc: 'h264',
  mpeg2video: 'mpeg2',
  msmpeg4v3: 'mpeg4',
};

export function codecName(codec: string): string {
  return NAMES[codec] ?? codec;
}

/** A container's or codec's own identifier (four characters, a number, a Matroska name) as text. */
export function describeCodecId(id: string | number | Uint8Array | null): string {
  if (id === null) {
    return 'unknown';
  }
  if (typeof id === 'number') {
    return `0x${id.toString(16)}`;
  }
  return typeof id === 'string' ? id.trim() : Array.from(id, (byte) => byte.toString(16)).join('');
}
