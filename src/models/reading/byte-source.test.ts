import { describe, expect, it } from 'vitest';
import {
  blobSource,
  openHttpSource,
  parseJsonObject,
  readJsonFile,
  readSmallFile,
  type RangeFetch,
} from './byte-source.ts';

const DATA = new TextEncoder().encode('{"answer":42}');

/** A server of one file; `ranges: false` answers every request with the whole of it. */
function server(options: { readonly ranges: boolean; readonly cut?: number }): RangeFetch {
  return (url, { headers }) => {
    const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(headers['range'] ?? '') ?? [];
    const part = DATA.slice(Number(from), Number(to) + 1 - (options.cut ?? 0));
    const range = `bytes ${from}-${to}/${String(DATA.byteLength)}`;
    const missing = url.endsWith('missing');
    return Promise.resolve({
      status: missing ? 404 : options.ranges ? 206 : 200,
      headers: { get: (name) => (name === 'content-range' && options.ranges ? range : null) },
      arrayBuffer: () => Promise.resolve((options.ranges ? part : DATA).slice().buffer),
    });
  };
}

describe('a file behind HTTP ranges', () => {
  it('is read in pieces', async () => {
    const file = await openHttpSource('http://x/config.json', server({ ranges: true }));
    expect(file?.bytes).toBe(DATA.byteLength);
    expect(await file?.read(2, 6)).toEqual(DATA.slice(2, 8));
    expect(await file?.read(2, 0)).toEqual(new Uint8Array(0));
    expect(file && (await readJsonFile(file))).toEqual({ answer: 42 });
  });

  it('is undefined if the server has none', async () => {
    expect(await openHttpSource('http://x/missing', server({ ranges: true }))).toBeUndefined();
  });

  it('is refused if the server ignores ranges or sends too little', async () => {
    const whole = openHttpSource('http://x/a', server({ ranges: false }));
    await expect(whole).rejects.toMatchObject({ code: 'model/bad-checkpoint' });
    const file = await openHttpSource('http://x/a', server({ ranges: true, cut: 1 }));
    await expect(file?.read(0, 4)).rejects.toMatchObject({ code: 'model/bad-checkpoint' });
  });
});

describe('a blob', () => {
  it('is read in pieces', async () => {
    const file = blobSource('a', new Blob([DATA]));
    expect(await file.read(1, 3)).toEqual(DATA.slice(1, 4));
  });

  it('that is larger than a config may be is refused unread', async () => {
    const file = { name: 'config.json', bytes: 1 << 30, read: () => expect.fail('it was read') };
    await expect(readSmallFile(file)).rejects.toMatchObject({ code: 'model/bad-checkpoint' });
  });
});

describe('a JSON object', () => {
  const parse = (text: string) => parseJsonObject(new TextEncoder().encode(text), 'config.json');

  it('may hold bare infinities and NaN, as Python writes them', () => {
    const text =
      '{"a": -Infinity, "b": [Infinity,NaN], "c": "-Infinity \\" NaN", "NaN": 1, "d": -1.5e3}';
    expect(parse(text)).toEqual({
      a: Number.NEGATIVE_INFINITY,
      b: [Number.POSITIVE_INFINITY, null],
      c: '-Infinity " NaN',
      NaN: 1,
      d: -1500,
    });
  });

  it.each([
    '{"a": 1Infinity}',
    '{"a": Infinity1}',
    '{"a": +Infinity}',
    '{"a": --Infinity}',
    '{"a": -NaN}',
    '{"a": infinity}',
    '{"a": "NaN}',
    '{"a": NaN',
    'NaN',
    '[-Infinity]',
    '{"a": "\\',
  ])('is refused otherwise: %s', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'model/bad-checkpoint' }) as Error,
    );
  });
});
