import { describe, expect, it } from 'vitest';
import { FIRST_PROMPTS, isKnownWish, KNOWN_WISHES, suggest } from './starter-prompts.ts';

describe('starter prompts', () => {
  it('knows every prompt it offers', () => {
    const unknown = [...KNOWN_WISHES.map((wish) => wish.prompt), ...FIRST_PROMPTS].filter(
      (prompt) => !isKnownWish(prompt),
    );
    expect(unknown).toEqual([]);
  });

  it('finds a wish by its words, by its beginning and in a sentence', () => {
    expect(suggest('night', 1)[0]?.prompt).toBe('make it night');
    expect(suggest('make it sn', 1)[0]?.prompt).toBe('make it snow');
    expect(suggest('please make it snow', 1)[0]?.prompt).toBe('make it snow');
    expect(suggest('8-bit', 1)[0]?.prompt).toBe('turn it into pixel art');
  });

  it('offers nothing for what it does not know', () => {
    expect(suggest('zebra', 5)).toEqual([]);
    expect(isKnownWish('turn the dog into a tiger')).toBe(false);
    expect(isKnownWish('make it Snowy, please!')).toBe(true);
    expect(isKnownWish('knight')).toBe(false);
  });

  it('offers the most asked for before anything is typed', () => {
    expect(suggest('', 3)).toHaveLength(3);
  });
});
