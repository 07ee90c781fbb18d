/**
 * Whether a VP8 or VP9 packet holds a frame that is shown. Encoders may store alternate reference frames as packets
 * of their own: they are decoded and never shown, so counting packets would count frames that nobody sees.
 * VP8: RFC 6386, section 9.1 (show_frame is bit 4 of the frame tag). VP9: bitstream specification, section 6.2, and
 * annex B for superframes, which always end with a shown frame.
 */
export function isShownPacket(codec: string, data: Uint8Array): boolean {
  const first = data[0];
  if (first === undefined) {
    return false;
  }
  if (codec === 'vp8') {
    return ((first >> 4) & 1) === 1;
  }
  if (codec !== 'vp9' || isSuperframe(data)) {
    return true;
  }
  if (first >> 6 !== 2) {
    return true; // Not a VP9 frame marker: let the decoder say what it is.
  }
  const profile = ((first >> 5) & 1) | (((first >> 4) & 1) << 1);
  const bits = profile === 3 ? 5 : 4; // Profile 3 has a reserved bit.
  const showExisting = (first >> (7 - bits)) & 1;
  if (showExisting === 1) {
    return true;
  }
  return bitAt(data, bits + 2) === 1;
}

function isSuperframe(data: Uint8Array): boolean {
  const last = data[data.length - 1] ?? 0;
  if (last >> 5 !== 0b110) {
    return false;
  }
  const frames = (last & 7) + 1;
  const sizeBytes = ((last >> 3) & 3) + 1;
  const indexBytes = 2 + frames * sizeBytes;
  return data.length >= indexBytes && data[data.length - indexBytes] === last;
}

function bitAt(data: Uint8Array, index: number): number {
  return ((data[index >> 3] ?? 0) >> (7 - (index & 7))) & 1;
}
