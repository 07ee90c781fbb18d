import { useState, type PointerEvent } from 'react';
import type { App } from '../../app/app.ts';
import { amountOfDistance } from '../../app/bar-geometry.ts';
import type { BarPart } from '../../app/bar-parts.ts';
import {
  addAmountKey,
  moveAmountKey,
  raiseAmount,
  type AmountOf,
} from '../../app/commands/amount-commands.ts';
import { placeAnchors } from '../../app/commands/anchor-commands.ts';
import { changeSpan } from '../../app/commands/edit-commands.ts';
import type { Dragged } from '../../app/snapping.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { moveSpan, snapToFrame, spanBetween } from '../../app/time.ts';
import { toTime, toX } from '../../app/timeline-scale.ts';
import type { TimeSpan } from '../../base/units.ts';
import { keyframesAround } from '../../project/amount.ts';
import { anchorFrames, moveAnchor } from '../../project/anchors.ts';
import type { Edit } from '../../project/document.ts';
import { frameAt, frameRange } from '../../project/frames.ts';
import { useApp } from '../context.ts';
import { usePressDrag, type Distance } from './use-press-drag.ts';
import { useSnapping } from './use-snapping.ts';

const HEIGHT = 44;

/** What a press on the bar takes hold of, by the `data-part` and `data-index` of what lies under it. */
type Grab =
  | { readonly kind: 'from' | 'to' | 'all' }
  | { readonly kind: 'key'; readonly index: number; readonly before: AmountOf }
  | { readonly kind: 'line'; readonly indices: readonly number[]; readonly before: AmountOf }
  | { readonly kind: 'anchor'; readonly index: number; readonly frames: readonly number[] };

export type BarDrag = {
  /** By how many pixels the bar's ends are away from where the document has them. */
  readonly shift: { readonly from: number; readonly to: number } | null;
  /** Anchor frames while a pin is dragged. */
  readonly anchors: readonly number[] | null;
  readonly listeners: ReturnType<typeof usePressDrag> & {
    onDoubleClick(event: PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>): void;
  };
};

/**
 * Ends resize, the middle moves, keyframes, the line between them and anchors go where they are dragged: each drag is one
 * step of undo, Escape takes it back. A press that does not move selects. Alt and a click adds a keyframe.
 */
export function useBarDrag(clip: OpenClip, edit: Edit, part: BarPart): BarDrag {
  const app = useApp();
  const [span, setSpan] = useState<TimeSpan | null>(null);
  const [anchors, setAnchors] = useState<readonly number[] | null>(null);
  const snapping = useSnapping();
  const { scale } = part.lane;
  const range = frameRange(clip.times, edit.span);
  const timeUnder = (event: { clientX: number; currentTarget: EventTarget | null }): number => {
    const box =
      event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : null;
    const x = event.clientX - (box?.left ?? 0);
    return toTime(scale, toX(scale, part.span.from) + x);
  };
  const grabbed = (event: PointerEvent<HTMLElement>): Grab => {
    const { part: name, index } = dataOf(event.target);
    const before = { id: edit.id, amount: edit.amount };
    if (name === 'from' || name === 'to') {
      return { kind: name };
    }
    if (name === 'key') {
      return { kind: name, index, before };
    }
    if (name === 'line') {
      return { kind: name, indices: keyframesAround(edit.amount, timeUnder(event)), before };
    }
    return name === 'anchor'
      ? { kind: name, index, frames: anchorFrames(edit.settings, clip.times, range) }
      : { kind: 'all' };
  };
  const grab = (event: PointerEvent<HTMLElement>): Grab => {
    const held = grabbed(event);
    snapping.hold(part.pieceId, draggedBy(held, edit.id));
    return held;
  };
  const perPixel = scale.width <= 0 ? 0 : scale.duration / scale.width;
  const { duration } = clip.info;
  const move = (held: Grab, by: Distance, event: PointerEvent): void => {
    const pixels = { by: by.x * perPixel, perPixel, free: event.altKey };
    const movedFrom = (start: number): number =>
      snapping.move({ edges: [start], least: 0 - start, most: duration - start, ...pixels });
    switch (held.kind) {
      case 'key': {
        const start = held.before.amount[held.index];
        if (start !== undefined) {
          app.project.begin('Move keyframe');
          const value = start.value + amountOfDistance(by.y, HEIGHT);
          moveKey(app, clip, held, start.time + movedFrom(start.time), value);
        }
        break;
      }
      case 'line':
        app.project.begin('Change amount');
        raiseAmount(app, held.before, held.indices, amountOfDistance(by.y, HEIGHT));
        break;
      case 'anchor': {
        const start = clip.times[held.frames[held.index] ?? 0] ?? 0;
        const to = snapToFrame(clip.times, duration, start + movedFrom(start));
        setAnchors(moveAnchor(held.frames, held.index, frameAt(clip.times, to), range));
        break;
      }
      case 'from':
      case 'to':
      case 'all': {
        const edges = spanEdges(edit.span, held.kind, part);
        const moved = snapping.move({
          edges,
          ...spanReach(edit.span, duration, held.kind),
          ...pixels,
        });
        const isMet = app.session.getState().snapLine !== null;
        setSpan(draggedSpan(clip, edit.span, held.kind, moved, isMet));
      }
    }
  };
  const forget = (): void => {
    setSpan(null);
    setAnchors(null);
    snapping.release();
  };
  const listeners = usePressDrag<Grab>({
    grab,
    move,
    drop: (held) => {
      app.session.setState({ selectedEdit: edit.id });
      if (held.kind === 'key' || held.kind === 'line') {
        app.project.commit();
      } else if (held.kind === 'anchor' && anchors !== null) {
        placeAnchors(app, edit.id, clip.times, anchors);
      } else if (span !== null) {
        changeSpan(app, edit.id, span);
      }
      forget();
    },
    click: (_, event) => {
      app.session.setState({ selectedEdit: edit.id });
      if (event.altKey) {
        addAmountKey(app, edit, frameTime(clip, timeUnder(event)));
      }
    },
    cancel: () => {
      app.project.cancel();
      forget();
    },
  });
  const onDoubleClick = (event: React.MouseEvent<HTMLElement>): void => {
    const name = dataOf(event.target).part;
    if (name === 'anchor') {
      placeAnchors(app, edit.id, clip.times, null);
    } else if (name === 'line') {
      addAmountKey(app, edit, frameTime(clip, timeUnder(event)));
    }
  };
  const shift =
    span === null
      ? null
      : {
          from: part.isFirst ? toX(scale, span.from) - toX(scale, edit.span.from) : 0,
          to: part.isLast ? toX(scale, span.to) - toX(scale, edit.span.to) : 0,
        };
  return { shift, anchors, listeners: { ...listeners, onDoubleClick } };
}

/** What an element of the bar is, by its data attributes. */
function dataOf(target: EventTarget): {
  readonly part: string | undefined;
  readonly index: number;
} {
  const data =
    target instanceof HTMLElement || target instanceof SVGElement ? target.dataset : undefined;
  return { part: data?.['part'], index: Number(data?.['index']) };
}

function frameTime(clip: OpenClip, time: number): number {
  return clip.times[frameAt(clip.times, time)] ?? 0;
}

function moveKey(
  app: App,
  clip: OpenClip,
  { before, index }: Extract<Grab, { kind: 'key' }>,
  time: number,
  value: number,
): void {
  const to = snapToFrame(clip.times, clip.info.duration, time);
  // Past the others, never onto one: what is dragged must not swallow what it meets on its way.
  if (before.amount.every((other, i) => i === index || other.time !== to)) {
    moveAmountKey(app, before, index, { time: to, value });
  }
}

/** What moves with a grab, and so is nothing to snap to. */
function draggedBy(held: Grab, editId: string): Dragged {
  switch (held.kind) {
    case 'key':
    case 'line':
      return { kind: 'amount', editId };
    case 'anchor':
      return { kind: 'anchor' };
    case 'from':
    case 'to':
    case 'all':
      return { kind: 'edit', editId };
  }
}

type End = 'from' | 'to' | 'all';

/** The ends that may meet something: of a moved bar those that this piece shows. */
function spanEdges({ from, to }: TimeSpan, end: End, part: BarPart): readonly number[] {
  if (end !== 'all') {
    return [end === 'from' ? from : to];
  }
  return [...(part.isFirst ? [from] : []), ...(part.isLast ? [to] : [])];
}

function spanReach({ from, to }: TimeSpan, duration: number, end: End) {
  return {
    least: end === 'to' ? from + 1 - to : 0 - from,
    most: end === 'from' ? to - 1 - from : duration - to,
  };
}

/** With an end on a target both ends go by the same time, so that it is on it exactly; else the begin leads. */
function draggedSpan(
  clip: OpenClip,
  { from, to }: TimeSpan,
  end: End,
  by: number,
  isMet: boolean,
): TimeSpan {
  const { duration } = clip.info;
  switch (end) {
    case 'all':
      return isMet
        ? spanBetween(clip.times, duration, from + by, to + by)
        : moveSpan(clip.times, duration, { from, to }, by);
    case 'from':
      return spanBetween(clip.times, duration, from + by, to);
    case 'to':
      return spanBetween(clip.times, duration, from, to + by);
  }
}
