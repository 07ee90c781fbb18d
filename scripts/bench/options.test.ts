import { describe, expect, it } from 'vitest';
import { parseBenchOptions } from './options.ts';

const parse = (...args: string[]) => parseBenchOptions(args, '/here');

describe('options of npm run bench', () => {
  it('are the figures that the project states, where nothing is said', () => {
    const { name, json, length, large, steady } = parse();
    expect(large).toEqual({ size: 512, folder: null });
    expect({ name, json }).toEqual({ name: 'all', json: false });
    expect(length).toEqual({ seconds: [2, 20, 120], runtimes: ['cpu', 'webgpu'], size: 64 });
    expect(steady).toMatchObject({
      clips: 6,
      prompts: 4,
      frames: 24,
      size: 256,
      modes: ['swap', 'first', 'independent'],
      resume: null,
    });
    expect(steady.folder).toMatch(/shared[/\\]clips$/);
  });

  it('are read from the command line, lengths in ascending order, files below the folder it was called in', () => {
    expect(
      parse('length', '--seconds', '20,2', '--runtime', 'cpu', '--size', '96', '--json'),
    ).toMatchObject({
      name: 'length',
      json: true,
      length: { seconds: [2, 20], runtimes: ['cpu'], size: 96 },
    });
    const { large } = parse('large', '--size', '128', '--folder', 'models');
    expect(large).toEqual({ size: 128, folder: '/here/models' });
    const { steady } = parse('steady', '--resume', 'rows.json', '--modes', 'swap,own+anchors');
    expect(steady).toMatchObject({ resume: '/here/rows.json', modes: ['swap', 'own+anchors'] });
  });

  it.each([
    [['length', '--seconds', '2'], /two whole numbers or more/],
    [['length', '--seconds', '2,2'], /two whole numbers or more/],
    [['length', '--seconds', '2,x'], /“2,x”/],
    [['length', '--seconds', '3,5'], /even/],
    [['length', '--runtime', 'gpu'], /webgpu or cpu, not “gpu”/],
    [['length', '--size', '10'], /--size takes a whole number from 64 to 1024/],
    [['steady', '--frames', '1'], /--frames takes a whole number from 2/],
    [['steady', '--modes', 'swap,other'], /“other”/],
    [['length', 'steady'], /One benchmark at a time/],
    [['--nothing'], /--nothing/],
  ])('%j are refused in one sentence', (args, words) => {
    expect(() => parse(...args)).toThrow(words);
    expect(() => parse(...args)).toThrow(expect.objectContaining({ code: 'cli/usage' }));
  });
});
