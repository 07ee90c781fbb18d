import { describe, expect, it } from 'vitest';
import type { Edit } from '../project/document.ts';
import { snapTargets, snapTo } from './snapping.ts';

const edit = {
  clipId: 'a',
  span: { from: 50, to: 150 },
  amount: [
    { time: 60, value: 1 },
    { time: 120, value: 0 },
  ],
  mask: null,
} as unknown as Edit;

describe('snapping', () => {
  it('knows ends of pieces, of edits in every piece, keyframes where they are seen, and the playhead', () => {
    const pieces = [
      { id: '1', clipId: 'a', from: 100, to: 200 },
      { id: '2', clipId: 'b', from: 0, to: 30 },
      { id: '3', clipId: 'a', from: 0, to: 70 },
    ];
    expect(snapTargets({ pieces, edits: [edit] }, 7)).toEqual([
      0, 7, 20, 50, 100, 130, 180, 190, 200,
    ]);
  });

  it('jumps to the nearest target within reach, and nowhere else', () => {
    expect(snapTo([0, 100, 110], 104, 8)).toBe(100);
    expect(snapTo([0, 100, 110], 106, 8)).toBe(110);
    expect(snapTo([0, 100], 109, 8)).toBe(109);
    expect(snapTo([], 5, 8)).toBe(5);
  });
});
