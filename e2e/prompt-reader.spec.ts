import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromptReading } from '../src/protocol/prompt-reading.ts';
import { openHarness, type Harness } from './support/browser.ts';
import { starterWithReader } from './support/reader-package.ts';

const MODULE = 'e2e/browser/prompt-reader.ts';
const REMOVE = { id: 'fg_remove', title: 'removing an object', needs: 'inpainting' };

let harness: Harness;
let overlay: Record<string, string>;
/** The same package without its reader. */
let plain: Record<string, string>;

beforeAll(async () => {
  const { manifest, files } = await starterWithReader();
  const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
  overlay = Object.fromEntries([...files].map(([path, bytes]) => [path, base64(bytes)]));
  const { promptReader: _, ...rest } = manifest;
  plain = { 'manifest.json': base64(JSON.stringify(rest)) };
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

type Read = { readings: (PromptReading | null)[]; seconds: number[] };

describe('a package that reads prompts', () => {
  it.each(['cpu', 'webgpu'] as const)('tells what is asked for on %s', async (runtime) => {
    const prompts = [
      'make it night',
      'remove the car',
      'at night, without the car',
      'flarb the wug',
      ' ',
    ];
    const { readings, seconds } = await harness.call<Read>(
      MODULE,
      'readPrompts',
      overlay,
      runtime,
      prompts,
    );
    expect(readings).toEqual([
      { model: 'The starter', asked: ['night'], unknown: [], understood: true },
      { model: 'The starter', asked: ['fg_remove'], unknown: [REMOVE], understood: true },
      {
        model: 'The starter',
        asked: expect.arrayContaining(['night', 'fg_remove']) as string[],
        unknown: [REMOVE],
        understood: true,
      },
      { model: 'The starter', asked: [], unknown: [], understood: false },
      { model: 'The starter', asked: ['identity'], unknown: [], understood: true },
    ]);
    // Once it is loaded a reading costs one run of the text encoder.
    process.stderr.write(`${runtime}: ${seconds.map((time) => time.toFixed(3)).join(', ')} s\n`);
  });

  it('says so before the first frame, edits all the same, and reads on meanwhile', async () => {
    const { heard, edited, readings } = await harness.call<{
      heard: string[];
      edited: number;
      readings: PromptReading[];
    }>(MODULE, 'readDuringEdit', overlay, 'remove the car', 'make it night');
    expect(edited).toBe(8);
    expect(readings.map((reading) => reading.unknown)).toEqual([[REMOVE]]);
    expect(heard.indexOf('reading')).toBe(0);
    expect(heard.at(-1)).toBe('done');
    expect(heard).toContain('read night');
  });

  it('takes a caption as it is: what it names is not what should change', async () => {
    const { heard, edited } = await harness.call<{ heard: string[]; edited: number }>(
      MODULE,
      'readDuringEdit',
      overlay,
      'remove the car',
      'make it night',
      'caption',
    );
    expect(edited).toBe(8);
    expect(heard).not.toContain('reading');
  });
});

it('a package without a reader says nothing', async () => {
  const { readings } = await harness.call<Read>(MODULE, 'readPrompts', plain, 'cpu', ['x']);
  expect(readings).toEqual([null]);
  const { heard, edited } = await harness.call<{ heard: string[]; edited: number }>(
    MODULE,
    'readDuringEdit',
    plain,
    'remove the car',
    'make it night',
  );
  expect(edited).toBe(8);
  expect(heard).not.toContain('reading');
  expect(heard).toContain('read nothing');
});
