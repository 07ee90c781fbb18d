import { useMemo } from 'react';
import type { BarPart } from '../../app/bar-parts.ts';
import type { EditStatus } from '../../app/edit-status.ts';
import { maskWord } from '../../app/mask-shape.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { tenths } from '../../app/time.ts';
import { toX } from '../../app/timeline-scale.ts';
import { anchorFrames } from '../../project/anchors.ts';
import type { Edit } from '../../project/document.ts';
import { frameRange } from '../../project/frames.ts';
import { useApp } from '../context.ts';
import { useEditStatus } from '../use-edit-status.ts';
import { Icon } from '../widgets/icon.tsx';
import { maskIcon } from '../widgets/mask-icon.ts';
import { AmountCurve } from './amount-curve.tsx';
import { AnchorPins } from './anchor-pins.tsx';
import { Strip } from './strip.tsx';
import { useBarDrag } from './use-bar-drag.ts';
import { useEditView } from './use-edit-view.ts';
import './edit-bar.css';

export const BAR_HEIGHT = 44;

type EditBarProps = {
  readonly clip: OpenClip;
  readonly edit: Edit;
  readonly part: BarPart;
  readonly isSelected: boolean;
};

/** The bar of an edit in one piece: fills frame by frame, carries its prompt, its amount and its anchors. */
export function EditBar({ clip, edit, part, isSelected }: EditBarProps) {
  const app = useApp();
  const drag = useBarDrag(clip, edit, part);
  const { view, key } = useEditView(edit.id);
  const planned = useMemo(
    () => anchorFrames(edit.settings, clip.times, frameRange(clip.times, edit.span)),
    [edit.settings, edit.span, clip],
  );
  const status = useEditStatus(edit, clip.times);
  if (status === null) {
    return null;
  }
  const box = boxOf(part, drag.shift);
  const stripLane = { clip, ...part.lane };
  return (
    <div
      className="edit-bar"
      data-selected={isSelected || undefined}
      data-off={!edit.enabled || undefined}
      data-kind={status.kind}
      style={{ left: `${box.left}px`, width: `${box.width}px`, height: `${BAR_HEIGHT}px` }}
      {...drag.listeners}
    >
      <div className="edit-bar__inside">
        <Strip
          lane={stripLane}
          name={`${key} ${part.pieceId}`}
          span={part.span}
          height={BAR_HEIGHT}
          view={view}
          only={status.finished}
        />
        <Coverage clip={clip} part={part} status={status} />
      </div>
      <button
        type="button"
        className="edit-bar__face"
        aria-pressed={isSelected}
        aria-label={describe(edit, part, status)}
        onClick={() => {
          app.session.setState({ selectedEdit: edit.id });
        }}
      />
      <AmountCurve edit={edit} part={part} isSelected={isSelected} />
      <AnchorPins
        clip={clip}
        edit={edit}
        part={part}
        frames={drag.anchors ?? (edit.settings.scenes === true ? status.anchors : planned)}
        isSelected={isSelected}
      />
      <BarLabel edit={edit} status={status} width={box.width} />
      {part.isFirst ? (
        <span className="edit-bar__end edit-bar__end--from" data-part="from" />
      ) : null}
      {part.isLast ? <span className="edit-bar__end edit-bar__end--to" data-part="to" /> : null}
    </div>
  );
}

/** While ends or the whole are dragged the bar follows; the document changes when they are let go. */
function boxOf(part: BarPart, shift: { readonly from: number; readonly to: number } | null) {
  const { left, width } = part;
  return shift === null
    ? { left, width }
    : { left: left + shift.from, width: Math.max(6, width - shift.from + shift.to) };
}

/** Pixels of a bar with room for one short word, and for a figure beside it. */
const ROOM_FOR_WORD = 48;
const ROOM_FOR_FIGURE = 110;

type BarLabelProps = {
  readonly edit: Edit;
  readonly status: EditStatus;
  /** Of the bar. */
  readonly width: number;
};

function BarLabel({ edit, status, width }: BarLabelProps) {
  if (width < ROOM_FOR_WORD) {
    return null;
  }
  const { kind, done, frames } = status;
  const hasRoom = width >= ROOM_FOR_FIGURE;
  const isPart = done < frames && kind !== 'old' && kind !== 'failed';
  const trouble = kind === 'old' ? 'out of date' : kind === 'failed' ? 'stopped' : null;
  return (
    <span className="edit-bar__label">
      {edit.mask === null ? null : (
        <span className="edit-bar__mask" title={maskWord(edit.mask)}>
          <Icon of={maskIcon(edit.mask)} size={12} />
        </span>
      )}
      {/* The name stands beside the bar as well. */}
      {hasRoom || trouble === null ? <span className="one-line">{edit.prompt}</span> : null}
      {isPart && hasRoom ? (
        <span className="edit-bar__count">
          {done}/{frames}
        </span>
      ) : null}
      {kind === 'paused' && hasRoom ? <span className="edit-bar__count">paused</span> : null}
      {trouble === null ? null : <span className="edit-bar__stale">{trouble}</span>}
    </span>
  );
}

/** Finished frames as a line along the foot of the bar. */
function Coverage({ clip, part, status }: { clip: OpenClip; part: BarPart; status: EditStatus }) {
  const begin = toX(part.lane.scale, part.span.from);
  const x = (frame: number) =>
    toX(part.lane.scale, clip.times[frame] ?? clip.info.duration) - begin;
  return status.finished.map(([from, to]) => (
    <span
      key={from}
      className="edit-bar__done"
      style={{ left: `${x(from)}px`, width: `${x(to) - x(from)}px` }}
    />
  ));
}

function describe(edit: Edit, part: BarPart, status: EditStatus): string {
  const whole = part.isFirst && part.isLast;
  const span = whole ? edit.span : part.span;
  const times = `${tenths(span.from)} to ${tenths(span.to)} s${whole ? '' : ' of the clip'}`;
  const old = status.kind === 'old' ? ', out of date' : '';
  return `Edit “${edit.prompt}”, ${times}, ${status.done} of ${status.frames} frames edited${old}`;
}
