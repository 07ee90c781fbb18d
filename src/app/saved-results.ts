import type { Project } from '../project/document.ts';
import type { SavedResult } from '../project/saved.ts';
import { editKey, readKey } from './edit-key.ts';
import { addFrames, NO_FRAMES } from './frame-ranges.ts';
import type { JobsState, Pictures } from './state/jobs-store.ts';

/**
 * Where pictures are of the edits in the document, of their present state and of the newest before it. Those of edits that
 * only undo or redo would bring back (`away`) are kept as well.
 */
export function savedResults(
  state: JobsState,
  project: Project,
  away: ReadonlySet<string> = new Set(),
): SavedResult[] {
  const present = project.edits.map(({ id }) => id);
  return [...new Set([...present, ...away])].flatMap((id) => {
    const own = editKey(project, id);
    const keys = new Set([...(state.latest[id] ?? []), ...(own === '' ? [] : [own])]);
    return [...keys].flatMap((key) => {
      const pictures = state.pictures[key];
      if (pictures === undefined) {
        return [];
      }
      const { editId, recipe, base, anchors } = pictures;
      return [{ key, editId, recipe, base, anchors }];
    });
  });
}

/** What `savedResults` gave, with the frames that are stored now. */
export async function restoreResults(
  results: readonly SavedResult[],
  framesOf: (recipe: string, base: string) => Promise<readonly number[]>,
): Promise<Pick<JobsState, 'pictures' | 'latest'>> {
  const found = await Promise.all(
    results.map(async ({ key, ...result }): Promise<[string, Pictures]> => {
      const frames = await framesOf(result.recipe, result.base);
      return [readKey(key), { ...result, done: addFrames(NO_FRAMES, frames) }];
    }),
  );
  const latest: Record<string, string[]> = {};
  for (const [key, { editId, done }] of found) {
    if (done.length > 0) {
      (latest[editId] ??= []).push(key);
    }
  }
  return { pictures: Object.fromEntries(found), latest };
}
