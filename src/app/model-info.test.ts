import { describe, expect, it } from 'vitest';
import { toModelInfo } from './model-info.ts';

describe('toModelInfo', () => {
  it('adds up the files', () => {
    const info = toModelInfo('starter', {
      title: 'Starter',
      licence: 'MIT',
      quantisation: 'q8',
      defaultSize: 256,
      scheduler: { steps: 3 },
      files: [{ bytes: 10 }, { bytes: 5 }],
    });
    expect(info).toEqual({
      id: 'starter',
      title: 'Starter',
      licence: 'MIT',
      quantisation: 'q8',
      defaultSize: 256,
      steps: 3,
      bytes: 15,
      readsPrompts: false,
      reads: { text: null, image: null, negative: false, inverts: false, ramp: 'time' },
    });
    expect(toModelInfo('starter', { promptReader: { labels: [] } }).readsPrompts).toBe(true);
  });

  it('makes do with what is there', () => {
    expect(toModelInfo('starter', null)).toMatchObject({ title: 'starter', bytes: 0 });
  });
});
