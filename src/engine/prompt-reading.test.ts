import { describe, expect, it } from 'vitest';
import type { Manifest } from '../models/manifest.ts';
import { emptyReading, toPromptReading } from './prompt-reading.ts';

const READER: NonNullable<Manifest['promptReader']> = {
  file: 'prompt-reader.onnx',
  inputs: ['row'],
  outputs: ['readings'],
  labels: [
    { id: 'identity', title: 'no change', known: true },
    { id: 'night', title: 'night', known: true },
    { id: 'fg_remove', title: 'removing an object', known: false, needs: 'inpainting' },
    { id: 'nonsense', title: 'nothing it could make out', known: false },
  ],
  nothing: 'identity',
  leastConfidence: 0.5,
};
const STARTER = { id: 'starter', title: 'Starter' };
const read = (...readings: number[]) => toPromptReading(STARTER, READER, readings);

describe('toPromptReading', () => {
  it('takes every label at the threshold or above, the most certain first', () => {
    expect(read(0.1, 0.5, 0.9, 0.2)).toEqual({
      model: 'The starter',
      asked: ['fg_remove', 'night'],
      unknown: [{ id: 'fg_remove', title: 'removing an object', needs: 'inpainting' }],
      understood: true,
    });
    expect(read(0, 0.499, 0, 0).asked).toEqual([]);
  });

  it('takes nonsense, or no label at all, as not understood', () => {
    const nothing = { model: 'The starter', asked: [], unknown: [], understood: false };
    expect(read(0.1, 0.2, 0.3, 0.99)).toEqual(nothing);
    expect(read(0.1, 0.2, 0.3, 0.1)).toEqual(nothing);
  });

  it('lets an edit that is asked for win over nonsense', () => {
    expect(read(0, 0.8, 0, 0.9)).toMatchObject({ asked: ['night'], understood: true });
  });

  it('calls other packages by their title', () => {
    const other = { id: 'mine', title: 'My model' };
    expect(toPromptReading(other, READER, [0, 0, 0, 0]).model).toBe('My model');
  });
});

it('an empty prompt asks for nothing', () => {
  expect(emptyReading(STARTER, READER)).toEqual({
    model: 'The starter',
    asked: ['identity'],
    unknown: [],
    understood: true,
  });
});
