import { Eye, EyeOff } from 'lucide-react';
import { useMemo, useRef, useState, type PointerEvent } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import type { Edit } from '../../project/document.ts';
import { changeSpan, switchEdit } from '../../app/commands/edit-commands.ts';
import { editStatus, type EditStatus } from '../../app/edit-status.ts';
import { resultsOf } from '../../app/state/jobs-store.ts';
import { moveSpan, spanBetween, tenths } from '../../app/time.ts';
import { toX } from '../../app/timeline-scale.ts';
import type { View } from '../../protocol/preview.ts';
import { useApp, useJobs, useProject, useSession } from '../context.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { maskIcon } from '../widgets/mask-icon.ts';
import { Strip } from './strip.tsx';
import type { LaneWindow } from './timeline.tsx';

const HEIGHT = 44;
const CLICK_PX = 4;

type EditLaneProps = { readonly lane: LaneWindow; readonly edit: Edit; readonly colour: number };

/** One edit: its name, and its bar, which fills frame by frame as results arrive. */
export function EditLane({ lane, edit, colour }: EditLaneProps) {
  const app = useApp();
  const isSelected = useSession((state) => state.selectedEdit === edit.id);
  return (
    <div className="lane lane--edit" style={{ '--edit': `var(--edit-${colour})` }}>
      <div className="lane__label" data-selected={isSelected || undefined}>
        <span className="swatch" />
        <span className="one-line" title={edit.prompt}>
          {edit.prompt}
        </span>
        <IconButton
          icon={edit.enabled ? Eye : EyeOff}
          label={edit.enabled ? `Hide “${edit.prompt}”` : `Show “${edit.prompt}”`}
          small
          onPress={() => {
            switchEdit(app, edit.id, !edit.enabled);
          }}
        />
      </div>
      <div className="lane__body">
        <EditBar lane={lane} edit={edit} isSelected={isSelected} />
      </div>
    </div>
  );
}

function EditBar({
  lane,
  edit,
  isSelected,
}: {
  lane: LaneWindow;
  edit: Edit;
  isSelected: boolean;
}) {
  const app = useApp();
  const project = useProject();
  const jobs = useJobs((state) => state);
  const { clip, scale } = lane;
  const drag = useSpanDrag(lane, edit);
  const { view, key } = useEditView(edit.id);
  const status = project === null ? null : editStatus(jobs, project, edit, clip.times);
  if (status === null) {
    return null;
  }
  const span = drag.span ?? edit.span;
  const left = toX(scale, span.from);
  const width = Math.max(6, toX(scale, span.to) - left);
  return (
    <div
      className="edit-bar"
      data-selected={isSelected || undefined}
      data-off={!edit.enabled || undefined}
      data-kind={status.kind}
      style={{ left: `${left}px`, width: `${width}px`, height: `${HEIGHT}px` }}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-label={describe(edit, status)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          event.stopPropagation();
          app.session.setState({ selectedEdit: edit.id });
        }
      }}
      {...drag.listeners}
    >
      <div className="edit-bar__inside">
        <Strip
          lane={lane}
          name={key}
          span={span}
          height={HEIGHT}
          view={view}
          only={status.finished}
        />
        <Coverage lane={lane} span={span} status={status} />
      </div>
      <BarLabel edit={edit} status={status} />
      <span className="edit-bar__end edit-bar__end--from" data-end="from" />
      <span className="edit-bar__end edit-bar__end--to" data-end="to" />
    </div>
  );
}

function BarLabel({ edit, status }: { edit: Edit; status: EditStatus }) {
  const isPart = status.done < status.frames;
  return (
    <span className="edit-bar__label">
      {edit.mask === null ? null : (
        <span className="edit-bar__mask">
          <Icon of={maskIcon(edit.mask)} size={12} />
        </span>
      )}
      <span className="one-line">{edit.prompt}</span>
      {isPart ? (
        <span className="edit-bar__count">
          {status.done}/{status.frames}
        </span>
      ) : null}
      {status.kind === 'old' ? <span className="edit-bar__count">out of date</span> : null}
    </span>
  );
}

/** Finished frames as a line along the foot of the bar, anchors as dots on it. */
function Coverage({
  lane,
  span,
  status,
}: {
  lane: LaneWindow;
  span: TimeSpan;
  status: EditStatus;
}) {
  const { clip, scale } = lane;
  const begin = toX(scale, span.from);
  const x = (frame: number) => toX(scale, clip.times[frame] ?? clip.info.duration) - begin;
  return (
    <>
      {status.finished.map(([from, to]) => (
        <span
          key={from}
          className="edit-bar__done"
          style={{ left: `${x(from)}px`, width: `${x(to) - x(from)}px` }}
        />
      ))}
      {status.anchors.map((frame) => (
        <span
          key={frame}
          className="edit-bar__anchor"
          title={`Anchor: frame ${frame}`}
          style={{ left: `${x(frame)}px` }}
        />
      ))}
    </>
  );
}

function describe(edit: Edit, status: EditStatus): string {
  const span = `${tenths(edit.span.from)} to ${tenths(edit.span.to)} s`;
  return `Edit “${edit.prompt}”, ${span}, ${status.done} of ${status.frames} frames edited`;
}

/** The picture with this edit and what lies below it, whatever else is switched on. */
function useEditView(editId: string): { view: View | null; key: string } {
  const project = useProject();
  const pictures = useJobs((state) => state.pictures);
  const latest = useJobs((state) => state.latest);
  // As text it stays the same while frames only fill in, and names the strip's thumbnails.
  const text = useMemo(() => {
    const index = project?.edits.findIndex((edit) => edit.id === editId) ?? -1;
    if (project === null || index < 0) {
      return '';
    }
    const edits = project.edits
      .slice(0, index + 1)
      .filter((edit) => edit.enabled || edit.id === editId)
      .map((edit) => ({ ...edit, enabled: true }));
    const part = { ...project, edits };
    const results = resultsOf({ jobs: [], pictures, latest }, part);
    return results.some((result) => result.editId === editId)
      ? JSON.stringify({ project: part, results, frame: 0, split: 0 } satisfies View)
      : '';
  }, [project, pictures, latest, editId]);
  const view = useMemo(() => (text === '' ? null : (JSON.parse(text) as View)), [text]);
  return { view, key: `${editId} ${text}` };
}

type Grab = { readonly part: 'from' | 'to' | 'all'; readonly x: number; moved: boolean };

/** Ends resize, the middle moves; one step of undo when let go. A press that does not move selects. */
function useSpanDrag(lane: LaneWindow, edit: Edit) {
  const app = useApp();
  const grab = useRef<Grab | null>(null);
  const [span, setSpan] = useState<TimeSpan | null>(null);
  const { clip, scale } = lane;
  const { duration } = clip.info;
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    const end = event.target instanceof HTMLElement ? event.target.dataset['end'] : undefined;
    const part = end === 'from' || end === 'to' ? end : 'all';
    event.currentTarget.setPointerCapture(event.pointerId);
    grab.current = { part, x: event.clientX, moved: false };
  };
  const onPointerMove = (event: PointerEvent): void => {
    const held = grab.current;
    const by = held === null ? 0 : event.clientX - held.x;
    if (held === null || (!held.moved && Math.abs(by) < CLICK_PX)) {
      return;
    }
    held.moved = true;
    const time = (by / scale.width) * duration;
    const { from, to } = edit.span;
    setSpan(
      held.part === 'all'
        ? moveSpan(clip.times, duration, edit.span, time)
        : held.part === 'from'
          ? spanBetween(clip.times, duration, Math.min(from + time, to - 1), to)
          : spanBetween(clip.times, duration, from, Math.max(to + time, from + 1)),
    );
  };
  const onPointerUp = (): void => {
    const held = grab.current;
    grab.current = null;
    app.session.setState({ selectedEdit: edit.id });
    if (held?.moved === true && span !== null) {
      changeSpan(app, edit.id, span);
    }
    setSpan(null);
  };
  const onPointerCancel = (): void => {
    grab.current = null;
    setSpan(null);
  };
  return { span, listeners: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel } };
}
