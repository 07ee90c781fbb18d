import { describe, expect, it } from 'vitest';
import { isShownPacket } from './shown-packet.ts';

describe('isShownPacket', () => {
  it('reads show_frame of VP8 (bit 4 of the frame tag)', () => {
    expect(isShownPacket('vp8', Uint8Array.of(0b0001_0000))).toBe(true);
    expect(isShownPacket('vp8', Uint8Array.of(0b0000_0000))).toBe(false);
  });

  it('reads show_frame of VP9 in all profiles', () => {
    // marker 10, profile low and high bit, [reserved,] show_existing 0, frame type, show_frame
    expect(isShownPacket('vp9', Uint8Array.of(0b10_00_0_1_1_0))).toBe(true);
    expect(isShownPacket('vp9', Uint8Array.of(0b10_00_0_1_0_0))).toBe(false);
    expect(isShownPacket('vp9', Uint8Array.of(0b10_01_0_1_0_0))).toBe(false);
    expect(isShownPacket('vp9', Uint8Array.of(0b10_11_0_0_1_1))).toBe(true);
    expect(isShownPacket('vp9', Uint8Array.of(0b10_11_0_0_1_0))).toBe(false);
  });

  it('takes a repeated frame and a superframe as shown', () => {
    expect(isShownPacket('vp9', Uint8Array.of(0b10_00_1_000))).toBe(true);
    const marker = 0b110_00_001; // Two frames, sizes of one byte.
    const superframe = Uint8Array.of(0b10_00_0_1_0_0, 0b10_00_0_1_1_0, marker, 1, 1, marker);
    expect(isShownPacket('vp9', superframe)).toBe(true);
  });

  it('takes every packet of other codecs as shown and an empty one as hidden', () => {
    expect(isShownPacket('avc', Uint8Array.of(0))).toBe(true);
    expect(isShownPacket('vp9', new Uint8Array(0))).toBe(false);
  });
});
