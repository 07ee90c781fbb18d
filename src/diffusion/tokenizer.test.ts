import { describe, expect, it } from 'vitest';
import { createTokenizer } from './tokenizer.ts';

/** A vocabulary of a few letters in CLIP's layout: bytes, ends of words, merges, the two marks. */
const VOCABULARY = [
  '!',
  'a',
  'b',
  '!</w>',
  'a</w>',
  'b</w>',
  'ab',
  'ab</w>',
  '<|startoftext|>',
  '<|endoftext|>',
];
const vocab = JSON.stringify(Object.fromEntries(VOCABULARY.map((token, id) => [token, id])));
const merges = '#version: 0.2\na b\na b</w>\n';
const START = 8;
const END = 9;

describe('createTokenizer', () => {
  const tokenizer = createTokenizer(vocab, merges, { maxTokens: 6, padToken: END });

  it('lower-cases, splits at blanks and applies merges by rank', () => {
    expect(tokenizer.encode(' AB\t\n a ')).toEqual([START, 7, 4, END]);
    expect(tokenizer.encode('abab')).toEqual([START, 6, 7, END]);
  });

  it('pads what is short', () => {
    expect(tokenizer.tokenize('a b')).toEqual({
      ids: Int32Array.of(START, 4, 5, END, END, END),
      cut: null,
    });
  });

  it('says which end of the prompt found no room, as the user wrote it', () => {
    const { ids, cut } = tokenizer.tokenize('a b a b A b, B');
    expect(ids).toEqual(Int32Array.of(START, 4, 5, 4, 5, END));
    expect(cut).toBe('A b, B');
  });

  it('takes the padding string of Stable Diffusion 2 as the padding id', () => {
    const second = createTokenizer(vocab, merges, { maxTokens: 6, padToken: 0 });
    expect(second.encode('a!')).toEqual([START, 4, 0, END]);
    expect(tokenizer.encode('a!')).toEqual([START, 4, 3, END]);
  });

  it('refuses vocabularies it can not use', () => {
    expect(() => createTokenizer('{', merges, { maxTokens: 6, padToken: 0 })).toThrow(/no JSON/);
    expect(() => createTokenizer('{"a": "x"}', merges, { maxTokens: 6, padToken: 0 })).toThrow(
      /something else/,
    );
    expect(() => createTokenizer('{"a": 1}', merges, { maxTokens: 6, padToken: 0 })).toThrow(
      /startoftext/,
    );
  });
});
