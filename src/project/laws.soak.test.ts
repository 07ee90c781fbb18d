import { describe, it } from 'vitest';
import { checkHistory, checkValidity } from './testing/laws.ts';

describe('the laws of the document, in 5,000 sequences each', () => {
  it('commands leave a valid document, whatever they are given', () => {
    checkValidity(5_000);
  });

  it('undo and redo are exact, drags among them', () => {
    checkHistory(5_000);
  });
});
