import { describe, expect, it } from 'vitest';
import { exportName } from './export.ts';

describe('exportName', () => {
  it('says what was done', () => {
    expect(exportName('holiday.mov', ['make it night'], 'mp4')).toBe('holiday - make it night.mp4');
    expect(exportName('holiday.mov', ['a', 'b'], 'webm')).toBe('holiday - edited.webm');
    expect(exportName('holiday', [], 'mp4')).toBe('holiday - copy.mp4');
  });

  it('is safe on every file system and not too long', () => {
    const name = exportName('a/b:c*.mp4', ['make it "red"?\n'], 'mp4');
    expect(name).toBe('a b c - make it red.mp4');
    expect(exportName('x'.repeat(300), ['y'], 'mp4').length).toBeLessThanOrEqual(125);
  });
});
