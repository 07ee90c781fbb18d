import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clipFiles } from './testing/clip-files.ts';
import { createTokenizer } from './tokenizer.ts';

const GOLDENS = new URL('../../../shared/goldens/', import.meta.url);
const { vocab, merges } = clipFiles(
  gunzipSync(readFileSync(new URL('clip-bpe/bpe_simple_vocab_16e6.txt.gz', GOLDENS))).toString(
    'utf8',
  ),
);
type Golden = { text: string; ids: number[]; ids77_sd2?: number[] };
const cases = JSON.parse(
  readFileSync(new URL('17-tokenizer/tokens.json', GOLDENS), 'utf8'),
) as Golden[];
const END = 49407;

function padded(ids: readonly number[], pad: number): number[] {
  const kept = ids.length > 77 ? [...ids.slice(0, 76), END] : ids;
  return [...kept, ...Array.from({ length: 77 - kept.length }, () => pad)];
}

describe('the tokenizer against the reference', () => {
  const first = createTokenizer(vocab, merges, { maxTokens: 77, padToken: END });
  const second = createTokenizer(vocab, merges, { maxTokens: 77, padToken: 0 });

  it('has 300 prompts to compare', () => {
    expect(cases).toHaveLength(300);
  });

  it.each(cases)('gives the ids of $text', ({ text, ids, ids77_sd2 }) => {
    expect(first.encode(text)).toEqual(ids);
    expect([...first.tokenize(text).ids]).toEqual(padded(ids, END));
    expect([...second.tokenize(text).ids]).toEqual(ids77_sd2 ?? padded(ids, 0));
    expect(first.tokenize(text).cut !== null).toBe(ids.length > 77);
  });
});
