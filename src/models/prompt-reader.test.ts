import { expect, describe, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { compileCheckpoint } from './compile.ts';
import { parseManifest } from './manifest.ts';
import { MemorySink } from './package-sink.ts';
import type { Quantisation } from './quantise/weight-coder.ts';
import type { Plain } from './testing/golden.ts';
import { promptReaderFiles, type ReaderLabel } from './testing/prompt-reader.ts';
import { OraclePackage } from './testing/run-graph.ts';
import { filesSource, tinyCheckpoint, type TinyFiles } from './testing/tiny-checkpoint.ts';

const WIDTH = 16;
const LABELS: readonly ReaderLabel[] = [
  { id: 'identity', title: 'no change', known: true, weight: { 0: 1 }, bias: 0 },
  { id: 'night', title: 'night', known: true, weight: { 1: 2, 3: -1 }, bias: 0.5 },
  {
    id: 'fg_remove',
    title: 'removing an object',
    known: false,
    needs: 'inpainting',
    weight: { 2: -4 },
    bias: -1,
  },
];

function withReader(
  labels: readonly ReaderLabel[] = LABELS,
  changes: Readonly<Record<string, unknown>> = {},
  width = WIDTH,
): TinyFiles {
  return new Map([...tinyCheckpoint(), ...promptReaderFiles(width, labels, changes)]);
}

async function compile(files: TinyFiles, quantisation: Quantisation = 'q8') {
  const sink = new MemorySink();
  const result = await compileCheckpoint(filesSource(files), sink, { id: 'tiny', quantisation });
  return { result, sink };
}

async function failure(files: TinyFiles): Promise<AppError> {
  const error: unknown = await compile(files).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('a prompt reader', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)(
    'gives one sigmoid per label, exact in a package of %s',
    async (quantisation) => {
      const { result, sink } = await compile(withReader(), quantisation);
      const { promptReader } = result.manifest;
      expect(promptReader).toEqual({
        file: 'prompt-reader.onnx',
        inputs: ['row'],
        outputs: ['readings'],
        labels: LABELS.map(({ id, title, known, needs }) => ({
          id,
          title,
          known,
          ...(needs === undefined ? {} : { needs }),
        })),
        nothing: 'identity',
        leastConfidence: 0.5,
      });
      const stored: unknown = JSON.parse(new TextDecoder().decode(sink.files.get('manifest.json')));
      expect(parseManifest(stored)).toEqual(result.manifest);
      expect(result.unused).toEqual([]);
      const rows = [
        Float32Array.from({ length: WIDTH }, (_, at) => Math.sin(at + 1)),
        Float32Array.from({ length: WIDTH }, (_, at) => Math.cos(at * 3)),
      ];
      const net = new OraclePackage(result.manifest, sink.files);
      const row = { dims: [2, WIDTH], data: Float32Array.from(rows.flatMap((one) => [...one])) };
      const { readings } = await net.run('prompt-reader.onnx', { row });
      const wanted = rows.flatMap((values) =>
        LABELS.map(({ weight, bias }) => {
          const sum = Object.entries(weight).reduce(
            (all, [channel, value]) => all + value * (values[Number(channel)] ?? 0),
            bias,
          );
          return 1 / (1 + Math.exp(-sum));
        }),
      );
      expect(readings?.dims).toEqual([2, 3]);
      (readings as Plain).data.forEach((value, at) =>
        expect(value).toBeCloseTo(wanted[at] ?? 0, 6),
      );
      await net.dispose();
    },
  );

  it('leaves a package without one as it was', async () => {
    const files = tinyCheckpoint();
    const { result, sink } = await compile(files);
    expect(result.manifest.promptReader).toBeUndefined();
    expect([...sink.files.keys()].filter((path) => path.includes('reader'))).toEqual([]);
    const index = new TextEncoder().encode(
      JSON.stringify({ conditioning: 'edit', prompt_reader: [null, null] }),
    );
    files.set('model_index.json', index);
    expect((await compile(files)).result.manifest.promptReader).toBeUndefined();
  });

  it('is part of what an interrupted compile is known by', async () => {
    const keys: string[] = [];
    class KeySink extends MemorySink {
      override async begin(key: string): ReturnType<MemorySink['begin']> {
        keys.push(key);
        return await super.begin(key);
      }
    }
    const options = { id: 'tiny', quantisation: 'f32' } as const;
    await compileCheckpoint(filesSource(withReader()), new KeySink(), options);
    await compileCheckpoint(
      filesSource(withReader(LABELS, { least_confidence: 0.6 })),
      new KeySink(),
      options,
    );
    expect(new Set(keys).size).toBe(2);
  });
});

describe('a prompt reader that can’t be compiled', () => {
  it('names both widths where it does not fit the text encoder', async () => {
    expect(await failure(withReader(LABELS, {}, 8))).toMatchObject({
      code: 'model/bad-checkpoint',
      detail: 'The prompt reader reads rows of 8, the text encoder is 16 wide.',
    });
  });

  it('names both shapes where the labels are not those of the weights', async () => {
    const { code, detail } = await failure(
      withReader(LABELS, { labels: [{ id: 'identity', title: 'no change', known: true }] }),
    );
    expect(code).toBe('model/bad-checkpoint');
    expect(detail).toContain('weight has shape [3, 16], the config asks for [1, 16]');
  });

  it('says which file is missing', async () => {
    const files = tinyCheckpoint();
    const index = { conditioning: 'edit', prompt_reader: ['deltacut', 'DeltacutPromptReader'] };
    files.set('model_index.json', new TextEncoder().encode(JSON.stringify(index)));
    expect(await failure(files)).toMatchObject({
      code: 'model/bad-checkpoint',
      detail: 'prompt_reader/config.json is missing.',
    });
  });

  const [identity, night, remove] = LABELS;
  it.each([
    ['another class', { _class_name: 'Other' }, 'model/unsupported', '"Other"'],
    ['no labels', { labels: [] }, 'model/bad-checkpoint', 'labels'],
    ['a label twice', { labels: [identity, night, night] }, 'model/bad-checkpoint', 'night'],
    [
      'a known label that needs a model',
      { labels: [identity, night, { ...remove, known: true }] },
      'model/bad-checkpoint',
      'fg_remove is known',
    ],
    [
      'a need nobody has heard of',
      { labels: [identity, night, { ...remove, needs: 'luck' }] },
      'model/bad-checkpoint',
      'labels.2.needs',
    ],
    ['no label for nothing', { nothing: 'none' }, 'model/bad-checkpoint', '"none"'],
    ['a threshold of 1', { least_confidence: 1 }, 'model/bad-checkpoint', 'least_confidence'],
  ])('refuses %s', async (_, changes, code, part) => {
    const error = await failure(withReader(LABELS, changes));
    expect(error.code).toBe(code);
    expect(error.detail).toContain(part);
  });
});
