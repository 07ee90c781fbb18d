import type { App } from '../app.ts';
import type { FrameTimes } from '../time.ts';
import { changeEdit } from './edit-commands.ts';

/** Fixes an edit's anchors at these frames (numbers within its clip, ascending); null spreads them evenly again. */
export function placeAnchors(
  app: App,
  editId: string,
  times: FrameTimes,
  frames: readonly number[] | null,
): void {
  const anchorTimes = frames?.map((frame) => times[frame] ?? 0);
  changeEdit(app, editId, { settings: { anchorTimes } });
}
