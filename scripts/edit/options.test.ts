import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/error.ts';
import { parseEditOptions } from './options.ts';

const GOOD = ['in.mp4', '--prompt', 'make it night', '-o', 'out.mp4'];

function refusal(args: readonly string[]): AppError {
  try {
    parseEditOptions(args, '/videos');
  } catch (error) {
    if (error instanceof AppError) {
      return error;
    }
    throw error;
  }
  throw new Error(`${args.join(' ')} was accepted`);
}

describe('edit options', () => {
  it('fills in the defaults and resolves paths where the command was called', () => {
    expect(parseEditOptions(GOOD, '/videos')).toMatchObject({
      input: '/videos/in.mp4',
      output: '/videos/out.mp4',
      container: 'mp4',
      seed: 1,
      steps: null,
      from: 0,
      to: Number.POSITIVE_INFINITY,
      runtime: 'auto',
      mode: 'swap',
    });
  });

  it.each([
    [['--prompt', 'x', '-o', 'out.mp4'], 'Name the video'],
    [['in.mp4', '--prompt', 'x'], 'Name the output'],
    [['in.mp4', '--prompt', 'x', '-o', 'out.avi'], '.mp4 or .webm'],
    [[...GOOD, '--steps', '0'], '--steps takes a whole number from 1 to 100'],
    [[...GOOD, '--steps', '101'], '--steps takes a whole number from 1 to 100'],
    [[...GOOD, '--size', '32'], '--size takes a whole number from 64 to 1024'],
    [[...GOOD, '--strength', '0'], '--strength must be above 0'],
    [[...GOOD, '--steps', '2.5'], '--steps takes a whole number'],
    [[...GOOD, '--strength', 'much'], '--strength takes a number from 0 to 1'],
    [[...GOOD, '--runtime', 'cuda'], '--runtime takes webgpu, cpu'],
    [[...GOOD, '--mask', '0,0,2,1'], '--mask takes four fractions'],
    [[...GOOD, '--from', '3', '--to', '2'], '--to (2) must be later'],
    [[...GOOD, '--sharpness', '3'], '--sharpness'],
    [[...GOOD, 'second.mp4'], 'Only one video'],
  ])('refuses %j with a sentence', (args, words) => {
    const error = refusal(args);
    expect(error.code).toBe('cli/usage');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('\n');
  });
});
