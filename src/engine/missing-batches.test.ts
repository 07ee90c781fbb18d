import { describe, expect, it } from 'vitest';
import type { AttentionMode } from '../project/document.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import { missingBatches } from './missing-batches.ts';

/** Frames 10 to 17 of the clip, with a cut at frame 14; batches of two, in a chain of one. */
function planOf(mode: AttentionMode) {
  const size = mode === 'previous+first' ? 1 : 2;
  const batch = (index: number) => {
    const frames = Array.from({ length: size }, (_, i) => index * size + i);
    return { index, frames, real: size };
  };
  const batches = Array.from({ length: 8 / size }, (_, index) => batch(index));
  const scenes = [batches.slice(0, 4 / size), batches.slice(4 / size)].map((own) => ({
    anchors: [],
    batches: own,
  }));
  return {
    edit: exampleEdit({ settings: { mode } }),
    range: { from: 10, to: 18 },
    scenes,
  };
}

/** Frames of the batches that run when all but `missing` are stored. */
function framesFor(mode: AttentionMode, missing: readonly number[], onlyFrame?: number): number[] {
  const all = Array.from({ length: 8 }, (_, i) => 10 + i);
  const stored = new Set(all.filter((frame) => !missing.includes(frame)));
  const batches = missingBatches(planOf(mode), stored, onlyFrame);
  return batches.flatMap(({ frames }) => frames.map((frame) => 10 + frame));
}

describe('missingBatches', () => {
  it('are those with a missing frame, and for a preview the one with its frame', () => {
    expect(framesFor('swap', [])).toEqual([]);
    expect(framesFor('swap', [11, 16])).toEqual([10, 11, 16, 17]);
    expect(framesFor('swap', [11, 16], 16)).toEqual([16, 17]);
    expect(framesFor('swap', [11, 16], 12)).toEqual([]);
  });

  it('reach back to the begin of the scene in a chain, and into no other scene', () => {
    expect(framesFor('previous+first', [12])).toEqual([10, 11, 12]);
    expect(framesFor('previous+first', [15])).toEqual([14, 15]);
    expect(framesFor('previous+first', [11, 14])).toEqual([10, 11, 14]);
    expect(framesFor('previous+first', [11, 14], 14)).toEqual([14]);
  });

  it('ask for a frame of the edit', () => {
    for (const frame of [9, 18]) {
      expect(() => framesFor('swap', [], frame)).toThrow(
        expect.objectContaining({ code: 'edit/bad-setting' }) as Error,
      );
    }
  });

  it('do not count frames that only fill up a batch', () => {
    const { edit } = planOf('swap');
    const batches = [{ index: 0, frames: [0, 1, 1], real: 2 }];
    const plan = { edit, range: { from: 0, to: 2 }, scenes: [{ anchors: [], batches }] };
    expect(missingBatches(plan, new Set([0, 1]))).toEqual([]);
    expect(missingBatches(plan, new Set([0]))).toEqual(batches);
  });
});
