import type { Microseconds } from '../base/units.ts';
import type { Edit, Project } from '../project/document.ts';
import { layOut, occurrences } from '../project/sequence.ts';

/** Pixels within which a dragged end jumps to a target. */
export const SNAP_PX = 8;

/** Sequence times that something dragged jumps to: ends of pieces and of edits, keyframes, the playhead. Ascending. */
export function snapTargets(
  project: Pick<Project, 'pieces' | 'edits'>,
  playhead: Microseconds,
): readonly Microseconds[] {
  const sequence = layOut(project.pieces);
  const times = new Set<Microseconds>([0, sequence.duration, playhead]);
  for (const { end } of sequence.pieces) {
    times.add(end);
  }
  for (const edit of project.edits) {
    const keyframes = keyframeTimes(edit);
    for (const { clip, sequence: seen } of occurrences(sequence, edit.clipId, edit.span)) {
      times.add(seen.from);
      times.add(seen.to);
      for (const time of keyframes) {
        if (time >= clip.from && time < clip.to) {
          times.add(seen.from + time - clip.from);
        }
      }
    }
  }
  return [...times].toSorted((a, b) => a - b);
}

/** The target nearest to a time, within `reach`; else the time itself. */
export function snapTo(
  targets: readonly Microseconds[],
  time: Microseconds,
  reach: Microseconds,
): Microseconds {
  let best = time;
  let distance = reach;
  for (const target of targets) {
    if (Math.abs(target - time) <= distance) {
      best = target;
      distance = Math.abs(target - time);
    }
  }
  return best;
}

function keyframeTimes({ amount, mask }: Edit): readonly Microseconds[] {
  const masks = mask?.layers.flatMap((layer) => layer.keyframes.map(({ time }) => time)) ?? [];
  return [...amount.map(({ time }) => time), ...masks];
}
