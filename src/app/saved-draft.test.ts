import { describe, expect, it } from 'vitest';
import { exampleMask } from '../project/testing/example-mask.ts';
import { restoredDraft, savedDraft } from './saved-draft.ts';
import { emptyDraft, type OpenClip } from './state/session-store.ts';

const clips = ['a', 'b'].map((id): OpenClip => {
  const times = Float64Array.from({ length: 10 }, (_, index) => index * 100_000);
  return { id, times, info: { duration: 1_000_000 } } as unknown as OpenClip;
});
const [clip] = clips as [OpenClip, OpenClip];

describe('the edit that is about to be made', () => {
  it('is kept with its words, mask, seed and what is chosen on every clip', () => {
    const draft = {
      ...emptyDraft(),
      prompt: 'make it snow',
      mask: exampleMask(),
      span: { from: 100_000, to: 300_000 },
    };
    const spans = { b: { from: 500_000, to: 900_000 } };
    const saved = savedDraft({ clip, draft, spans });
    const back = restoredDraft(saved, clips, clip);
    expect(back.draft).toEqual(draft);
    expect(back.spans).toEqual({ ...spans, a: draft.span });
  });

  it('is nothing where nothing was typed, drawn or chosen', () => {
    expect(savedDraft({ clip, draft: emptyDraft(), spans: { b: null } })).toBeNull();
    const { draft } = restoredDraft(null, clips, clip);
    expect(draft).toMatchObject({ prompt: '', mask: null, span: null });
  });

  it('chooses frames that its clip has', () => {
    const of = (span: { from: number; to: number }) =>
      restoredDraft({ prompt: 'p', mask: null, seed: 1, spans: { a: span } }, clips, clip).draft
        .span;
    expect(of({ from: 90_000, to: 5_000_000 })).toEqual({ from: 100_000, to: 1_000_000 });
    expect([of({ from: 1_000_000, to: 2_000_000 }), of({ from: 5, to: 5 })]).toEqual([null, null]);
  });
});
