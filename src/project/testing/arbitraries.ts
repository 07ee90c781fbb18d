import fc from 'fast-check';
import type { Clip, Edit, EditSettings, Keyframe, Project } from '../document.ts';
import { ATTENTION_MODES, SETTING_LIMITS } from '../limits.ts';
import type { Piece } from '../sequence.ts';
import { arbitraryMask } from './mask-arbitraries.ts';
import { arbitraryTime, between, keyframesOf } from './numbers.ts';

function whole([min, max]: readonly [number, number]): fc.Arbitrary<number> {
  return fc.integer({ min, max });
}

export const arbitrarySpan = fc
  .tuple(arbitraryTime, fc.integer({ min: 1, max: 2 ** 40 }))
  .map(([from, length]) => ({ from, to: from + length }));

export const arbitraryAmount: fc.Arbitrary<Keyframe[]> = keyframesOf(
  fc.record(
    {
      value: between(0, 1),
      easing: fc.constantFrom('linear' as const, 'hold' as const, 'ease' as const),
    },
    { requiredKeys: ['value'] },
  ),
);

const arbitraryAnchorTimes = fc
  .uniqueArray(arbitraryTime, { minLength: 1, maxLength: SETTING_LIMITS.anchors[1] })
  .map((times) => times.toSorted((a, b) => a - b));

const settingsParts = {
  model: fc.string({ minLength: 1, maxLength: 20 }),
  seed: whole(SETTING_LIMITS.seed),
  steps: whole(SETTING_LIMITS.steps),
  strength: between(0.001, 1),
  size: whole(SETTING_LIMITS.size),
  anchors: whole(SETTING_LIMITS.anchors),
  anchorTimes: arbitraryAnchorTimes,
  mode: fc.constantFrom(...ATTENTION_MODES),
  scenes: fc.boolean(),
};

/** Members in the schema's order, in which a document is read back; fast-check puts optional ones last. */
export const arbitrarySettings: fc.Arbitrary<EditSettings> = fc
  .record(settingsParts, {
    requiredKeys: ['model', 'seed', 'steps', 'strength', 'size', 'anchors', 'mode'],
  })
  .map(({ mode, scenes, anchorTimes, ...rest }) => ({
    ...rest,
    ...(anchorTimes === undefined ? {} : { anchorTimes }),
    mode,
    ...(scenes === undefined ? {} : { scenes }),
  }));

export function arbitraryEdit(id: string, clipIds: readonly string[]): fc.Arbitrary<Edit> {
  return fc.record({
    id: fc.constant(id),
    clipId: fc.constantFrom(...clipIds),
    enabled: fc.boolean(),
    span: arbitrarySpan,
    prompt: fc.string({ unit: 'binary', maxLength: 30 }),
    promptKind: fc.constantFrom('delta' as const, 'caption' as const),
    negative: fc.string({ maxLength: 10 }),
    settings: arbitrarySettings,
    amount: arbitraryAmount,
    mask: fc.option(arbitraryMask),
  });
}

export function arbitraryClip(id: string): fc.Arbitrary<Clip> {
  return fc.record({
    id: fc.constant(id),
    name: fc.string({ unit: 'grapheme', maxLength: 20 }),
    bytes: fc.maxSafeNat(),
    fingerprint: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')),
  });
}

export function arbitraryPiece(id: string, clipIds: readonly string[]): fc.Arbitrary<Piece> {
  return fc
    .tuple(fc.constantFrom(...clipIds), arbitrarySpan)
    .map(([clipId, span]) => ({ id, clipId, ...span }));
}

export const arbitraryProject: fc.Arbitrary<Project> = fc
  .record({
    clips: fc.integer({ min: 1, max: 3 }),
    pieces: fc.integer({ min: 1, max: 5 }),
    edits: fc.integer({ min: 0, max: 4 }),
  })
  .chain((counts) => {
    const clipIds = Array.from({ length: counts.clips }, (_, index) => `clip-${index}`);
    const pieceIds = Array.from({ length: counts.pieces }, (_, index) => `piece-${index}`);
    const editIds = Array.from({ length: counts.edits }, (_, index) => `edit-${index}`);
    return fc.record({
      version: fc.constant(2 as const),
      id: fc.uuid(),
      name: fc.string({ maxLength: 20 }),
      clips: fc.tuple(...clipIds.map(arbitraryClip)),
      pieces: fc.tuple(...pieceIds.map((id) => arbitraryPiece(id, clipIds))),
      edits: fc.tuple(...editIds.map((id) => arbitraryEdit(id, clipIds))),
    });
  });
