import { describe, expect, it } from 'vitest';
import { sniffFile } from './sniff.ts';

function box(type: string, ...parts: (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const body = parts.map((part) => (typeof part === 'string' ? bytes(part) : part));
  const size = body.reduce((sum, part) => sum + part.length, 8);
  const result = new Uint8Array(size);
  new DataView(result.buffer).setUint32(0, size);
  result.set(bytes(type), 4);
  let at = 8;
  for (const part of body) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

describe('sniffFile', () => {
  it('names pictures, documents and text', async () => {
    const sniff = async (...data: number[]) =>
      (await sniffFile(new Blob([Uint8Array.from(data)]))).notVideo;
    expect(await sniff(0xff, 0xd8, 0xff, 0xe0)).toBe('It is a JPEG picture.');
    expect(await sniff(0x89, 0x50, 0x4e, 0x47)).toBe('It is a PNG picture.');
    expect(await sniff(0x50, 0x4b, 3, 4)).toBe('It is a ZIP archive.');
    expect(await sniff(...bytes('hello\n'))).toBe('It is a text file.');
    expect(await sniff(0, 1, 2, 3)).toBeNull();
  });

  it('sees an MP4 without its index, with one, and with fragments', async () => {
    const ftyp = box('ftyp', 'isom');
    const cut = await sniffFile(new Blob([ftyp, box('mdat', 'abc').subarray(0, 9)]));
    expect(cut.lacksIndex).toBe(true);
    const whole = await sniffFile(new Blob([ftyp, box('moov', box('hdlr', 'soun'))]));
    expect(whole).toMatchObject({ lacksIndex: false, declaresSound: true, encrypted: false });
    const fragments = await sniffFile(new Blob([ftyp, box('moof', 'x')]));
    expect(fragments.lacksIndex).toBe(false);
  });

  it('sees protected tracks in MP4 and Matroska', async () => {
    const entry = box('encv', box('sinf', 'cenc'));
    const mp4 = new Blob([box('ftyp', 'isom'), box('moov', box('stsd', entry))]);
    expect((await sniffFile(mp4)).encrypted).toBe(true);
    const encryption = [0x62, 0x40, 0x83, 0x50, 0x35, 0x80];
    const encodings = [0x6d, 0x80, 0x80 + encryption.length, ...encryption];
    const track = [0xae, 0x80 + encodings.length, ...encodings];
    const tracks = [0x16, 0x54, 0xae, 0x6b, 0x80 + track.length, ...track];
    const segment = [0x18, 0x53, 0x80, 0x67, 0x80 + tracks.length, ...tracks];
    const webm = Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3, 0x80, ...segment]);
    expect((await sniffFile(new Blob([webm]))).encrypted).toBe(true);
  });
});
