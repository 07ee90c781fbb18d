import { describe, expect, it } from 'vitest';
import { readsOf } from './model-reads.ts';

describe('readsOf', () => {
  it('offers what the branches of a package read', () => {
    const branches = [
      { text: 'prompt', image: true },
      { text: 'negative', image: true },
      { text: 'empty', image: false },
    ];
    const ip2p = { prediction: 'epsilon', guidance: { text: 7.5, image: 1.5 }, branches };
    expect(readsOf(ip2p)).toEqual({
      text: 7.5,
      image: 1.5,
      negative: true,
      inverts: true,
      ramp: 'time',
    });
    const plain = { prediction: 'v', guidance: { text: 7 }, branches: branches.slice(0, 2) };
    expect(readsOf(plain)).toEqual({
      text: 7,
      image: null,
      negative: true,
      inverts: true,
      ramp: 'time',
    });
  });

  it('offers nothing that one branch would not read', () => {
    const starter = {
      conditioning: 'edit',
      prediction: 'sample',
      guidance: { text: 1 },
      branches: [{ text: 'prompt', image: true }],
    };
    expect(readsOf(starter)).toEqual({
      text: null,
      image: null,
      negative: false,
      inverts: false,
      ramp: 'none',
    });
    expect(readsOf({ ...starter, timeEmbedding: { condChannels: 256 } }).text).toBe(1);
    expect(readsOf(null)).toMatchObject({ text: null, negative: false });
  });
});
