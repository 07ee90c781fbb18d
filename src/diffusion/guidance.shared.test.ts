import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guidanceCoefficients, rescaleFactor, type Branch } from './guidance.ts';

const FOLDER = new URL('../../../shared/goldens/18-guidance/', import.meta.url);
const ATOL = 1e-4;

/** float32 tensors of a safetensors file: a length, a JSON header, the data. */
function readTensors(file: string): Map<string, Float32Array> {
  const bytes = readFileSync(new URL(file, FOLDER));
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            data_offsets: [from, to],
          },
        ]) => [
          name,
          new Float32Array(
            bytes.buffer.slice(
              bytes.byteOffset + headerEnd + from,
              bytes.byteOffset + headerEnd + to,
            ),
          ),
        ],
      ),
  );
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('guidance against the reference', () => {
  const inputs = readTensors('inputs.safetensors');
  const outputs = readTensors('outputs.safetensors');
  const tensor = (name: string) => inputs.get(name) ?? new Float32Array();
  const scalar = (name: string) => tensor(name)[0] ?? NaN;
  const scales = { text: scalar('text_guidance'), image: scalar('image_guidance') };
  const three: readonly { branch: Branch; values: Float32Array }[] = [
    { branch: { text: 'prompt', image: true }, values: tensor('eps_text_image') },
    { branch: { text: 'negative', image: true }, values: tensor('eps_null_image') },
    { branch: { text: 'negative', image: false }, values: tensor('eps_null_null') },
  ];

  it.each([
    { name: 'guided', branches: three },
    { name: 'two_branch', branches: three.slice(0, 2) },
  ])('combines the branches as $name, and rescaled', ({ name, branches }) => {
    const coefficients = guidanceCoefficients(
      branches.map(({ branch }) => branch),
      scales,
    );
    const guided = tensor('eps_text_image').map((_, i) =>
      branches.reduce(
        (sum, { values }, b) => sum + (coefficients[b] ?? NaN) * (values[i] ?? NaN),
        0,
      ),
    );
    const factor = rescaleFactor(
      deviation(tensor('eps_text_image')),
      deviation(guided),
      scalar('phi'),
    );
    const worst = (actual: Float32Array, expected: Float32Array = Float32Array.of(NaN)) =>
      Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? NaN))));
    expect(worst(guided, outputs.get(name))).toBeLessThan(ATOL);
    expect(
      worst(
        guided.map((value) => value * factor),
        outputs.get(`${name}_rescaled`),
      ),
    ).toBeLessThan(ATOL);
  });
});
