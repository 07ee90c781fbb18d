import type { Microseconds, TimeSpan } from '../base/units.ts';
import type { Edit, MaskLayer, Project } from '../project/document.ts';
import { layOut, occurrences, type Sequence } from '../project/sequence.ts';

/** Pixels within which something dragged jumps to a target. */
export const SNAP_PX = 8;

/** What there is to snap to besides the document: the playhead, and the spans that are chosen, all by clip. */
export type SnapMarks = {
  readonly playhead: Microseconds;
  readonly spans: readonly { readonly clipId: string; readonly span: TimeSpan }[];
};

/** What is dragged and so is no target itself. */
export type Dragged =
  | { readonly kind: 'span' | 'anchor' }
  | { readonly kind: 'edit' | 'amount'; readonly editId: string }
  | { readonly kind: 'mask-keys'; readonly layerIds: readonly string[] }
  /** An end of a piece: where it lay. */
  | { readonly kind: 'trim'; readonly time: Microseconds };

/**
 * Sequence times that something dragged jumps to, ascending: the playhead, ends of pieces, of edits and of chosen spans,
 * and keyframes of amounts and masks; without those that move along.
 */
export function snapTargets(
  project: Pick<Project, 'pieces' | 'edits'>,
  { playhead, spans }: SnapMarks,
  dragged: Dragged,
): readonly Microseconds[] {
  const sequence = layOut(project.pieces);
  const times = new Set<Microseconds>([0, ...sequence.pieces.map(({ end }) => end)]);
  for (const edit of project.edits) {
    const isDragged = dragged.kind === 'edit' && dragged.editId === edit.id;
    const marks = isDragged ? [] : endsSeen(sequence, edit.clipId, edit.span);
    const keys = seen(sequence, edit.clipId, keyframeTimes(edit, dragged));
    [...marks, ...keys].forEach((time) => times.add(time));
  }
  if (dragged.kind !== 'span') {
    const ends = spans.flatMap(({ clipId, span }) => endsSeen(sequence, clipId, span));
    ends.forEach((time) => times.add(time));
  }
  if (dragged.kind === 'trim') {
    times.delete(dragged.time);
  }
  return [...times.add(playhead)].toSorted((a, b) => a - b);
}

export type SnapDrag = {
  /** Times that may meet a target, as they lay at the press: one, or both ends of a bar. */
  readonly edges: readonly Microseconds[];
  /** How far the pointer is from the press, and how far the drag may go either way. */
  readonly by: Microseconds;
  readonly least: Microseconds;
  readonly most: Microseconds;
  /** Ascending. */
  readonly targets: readonly Microseconds[];
  readonly tolerancePx: number;
  /** Microseconds in a pixel. */
  readonly perPixel: number;
};

export type Snapped = {
  readonly by: Microseconds;
  /** What was met; null where nothing is near. */
  readonly target: Microseconds | null;
};

/** How far a drag goes: by the pointer, or by a little more or less where that brings an edge onto a target. */
export function snapDrag(drag: SnapDrag): Snapped {
  const { edges, least, most, targets, tolerancePx, perPixel } = drag;
  const wanted = Math.max(least, Math.min(most, drag.by));
  let best: Snapped = { by: wanted, target: null };
  let distance = tolerancePx * perPixel;
  for (const edge of edges) {
    for (const target of targets) {
      const by = target - edge;
      const isNearer =
        best.target === null ? Math.abs(by - wanted) <= distance : Math.abs(by - wanted) < distance;
      if (isNearer && by >= least && by <= most) {
        best = { by, target };
        distance = Math.abs(by - wanted);
      }
    }
  }
  return best;
}

/** Where the ends of a span are seen; where a piece begins or ends within it, that end is the piece's. */
function endsSeen(sequence: Sequence, clipId: string, span: TimeSpan): Microseconds[] {
  return occurrences(sequence, clipId, span).flatMap((one) => [one.sequence.from, one.sequence.to]);
}

function seen(
  sequence: Sequence,
  clipId: string,
  times: readonly Microseconds[],
): readonly Microseconds[] {
  return sequence.pieces.flatMap(({ piece, begin }) =>
    piece.clipId === clipId
      ? times
          .filter((time) => time >= piece.from && time < piece.to)
          .map((time) => time - piece.from + begin)
      : [],
  );
}

/** Of other lanes than the dragged one: keyframes of one lane must not meet. */
function keyframeTimes(edit: Edit, dragged: Dragged): readonly Microseconds[] {
  const isAmount = dragged.kind === 'amount' && dragged.editId === edit.id;
  // One value for the whole span is no keyframe to the eye.
  const amounts = isAmount || edit.amount.length < 2 ? [] : edit.amount;
  const layers: readonly MaskLayer[] = edit.mask?.layers ?? [];
  const others = layers.filter(
    ({ id }) => dragged.kind !== 'mask-keys' || !dragged.layerIds.includes(id),
  );
  const keys = [
    ...amounts,
    ...others.flatMap((layer): readonly { time: number }[] => layer.keyframes),
  ];
  return keys.map(({ time }) => time);
}
