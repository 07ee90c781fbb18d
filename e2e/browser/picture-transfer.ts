import type { Picture } from '../../src/protocol/media.ts';

/** A picture on its way between the page and the program that drives it: RGB bytes, row by row, in base64. */
export type Transfer = { readonly width: number; readonly height: number; readonly rgb: string };

export function base64Of(bytes: Uint8Array): string {
  // In pieces that fit an argument list.
  const PIECE = 0x8000;
  let text = '';
  for (let start = 0; start < bytes.length; start += PIECE) {
    text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return btoa(text);
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function transferOf({ width, height, data }: Picture): Transfer {
  const bytes = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    bytes[i * 3] = data[i * 4] ?? 0;
    bytes[i * 3 + 1] = data[i * 4 + 1] ?? 0;
    bytes[i * 3 + 2] = data[i * 4 + 2] ?? 0;
  }
  return { width, height, rgb: base64Of(bytes) };
}

export function pictureOf({ width, height, rgb }: Transfer): Picture {
  const bytes = bytesOf(rgb);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    data[i * 4] = bytes[i * 3] ?? 0;
    data[i * 4 + 1] = bytes[i * 3 + 1] ?? 0;
    data[i * 4 + 2] = bytes[i * 3 + 2] ?? 0;
  }
  return { width, height, data };
}
