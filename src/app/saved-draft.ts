import type { TimeSpan } from '../base/units.ts';
import type { SavedDraft } from '../project/saved.ts';
import { newSeed, type Draft, type OpenClip, type SessionState } from './state/session-store.ts';
import { spanBetween } from './time.ts';

/** What is kept of the edit that is about to be made; null where nothing was begun. */
export function savedDraft({
  clip,
  draft,
  spans,
}: Pick<SessionState, 'clip' | 'draft' | 'spans'>): SavedDraft | null {
  const all = clip === null ? spans : { ...spans, [clip.id]: draft.span };
  const chosen = Object.entries(all).flatMap(([id, span]) => (span === null ? [] : [[id, span]]));
  return chosen.length === 0 && !hasWork(draft)
    ? null
    : {
        prompt: draft.prompt,
        mask: draft.mask,
        spans: Object.fromEntries(chosen) as Record<string, TimeSpan>,
        seed: draft.seed,
      };
}

/** Whether there is anything in it that takes longer than a drag to make again. */
export function hasWork({ prompt, mask }: Draft): boolean {
  return prompt.trim() !== '' || mask !== null;
}

/** What was begun goes on; `clip` is the one that is shown first. Spans are put on the frames of the clips that are open. */
export function restoredDraft(
  saved: SavedDraft | null,
  clips: readonly OpenClip[],
  clip: OpenClip,
): Pick<SessionState, 'draft' | 'spans'> {
  const spans = Object.fromEntries(
    clips.map(({ id, times, info }) => {
      const span = saved?.spans[id];
      const isSeen = span !== undefined && span.from < Math.min(span.to, info.duration);
      return [id, isSeen ? spanBetween(times, info.duration, span.from, span.to) : null];
    }),
  );
  const { prompt = '', mask = null, seed = newSeed() } = saved ?? {};
  return { spans, draft: { prompt, mask, seed, span: spans[clip.id] ?? null } };
}
