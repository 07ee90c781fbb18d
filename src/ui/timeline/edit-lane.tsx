import { Eye, EyeOff, GripVertical, Headphones } from 'lucide-react';
import { memo, useMemo } from 'react';
import { barParts } from '../../app/bar-parts.ts';
import { findClip } from '../../app/sequence.ts';
import { switchEdit } from '../../app/commands/edit-commands.ts';
import { shiftInStack, toggleSolo } from '../../app/commands/stack-commands.ts';
import type { Edit, Project } from '../../project/document.ts';
import { useApp, useOfProject, useSession } from '../context.ts';
import { IconButton, IconToggle } from '../widgets/icon-button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { EditBar } from './edit-bar.tsx';
import type { LaneWindow } from './lane-window.ts';
import { useReorder } from './use-reorder.ts';

type EditLaneProps = { readonly lane: LaneWindow; readonly edit: Edit; readonly colour: number };

/** One edit: its name, and its bar wherever the cut shows its span. */
export const EditLane = memo(function EditLane({ lane, edit, colour }: EditLaneProps) {
  const isSelected = useSession((state) => state.selectedEdit === edit.id);
  const solo = useSession((state) => state.soloEdit);
  const hasSolo = useOfProject(({ edits }) => edits.some(({ id }) => id === solo));
  const isHidden = hasSolo === true && solo !== edit.id;
  const pieces = useOfProject((project) => project.pieces);
  return (
    <div
      className="lane lane--edit"
      data-edit-lane={edit.id}
      data-dimmed={isHidden || undefined}
      style={{ '--edit': `var(--edit-${colour})` }}
    >
      <LaneLabel edit={edit} isSelected={isSelected} isSolo={solo === edit.id} />
      <div className="lane__body">
        {pieces === null ? null : (
          <Bars lane={lane} pieces={pieces} edit={edit} isSelected={isSelected} />
        )}
      </div>
    </div>
  );
});

type LaneLabelProps = {
  readonly edit: Edit;
  readonly isSelected: boolean;
  readonly isSolo: boolean;
};

/**
 * The name; dragging it up or down changes the order in which edits are applied. Its buttons are the dear part of a
 * lane, and zooming changes nothing of them.
 */
const LaneLabel = memo(function LaneLabel({ edit, isSelected, isSolo }: LaneLabelProps) {
  const app = useApp();
  const reorder = useReorder(edit.id);
  return (
    <div
      className="lane__label"
      data-selected={isSelected || undefined}
      data-dragged={reorder.isDragged || undefined}
      {...reorder.listeners}
    >
      <button
        type="button"
        className="lane__grip"
        aria-label={`Move “${edit.prompt}” in the order of edits: arrow keys`}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
          if (by !== null) {
            event.preventDefault();
            event.stopPropagation();
            shiftInStack(app, edit.id, by);
          }
        }}
      >
        <Icon of={GripVertical} size={12} />
      </button>
      <span className="swatch" />
      <span className="one-line" title={edit.prompt}>
        {edit.prompt}
      </span>
      <IconToggle
        icon={Headphones}
        label={`Solo: show “${edit.prompt}” alone`}
        small
        isSelected={isSolo}
        onChange={() => {
          toggleSolo(app, edit.id);
        }}
      />
      <IconButton
        icon={edit.enabled ? Eye : EyeOff}
        label={edit.enabled ? `Hide “${edit.prompt}”` : `Show “${edit.prompt}”`}
        small
        onPress={() => {
          switchEdit(app, edit.id, !edit.enabled);
        }}
      />
    </div>
  );
});

type BarsProps = {
  readonly lane: LaneWindow;
  readonly pieces: Project['pieces'];
  readonly edit: Edit;
  readonly isSelected: boolean;
};

function Bars({ lane, pieces, edit, isSelected }: BarsProps) {
  const clips = useSession((state) => state.clips);
  const clip = findClip(clips, edit.clipId) ?? lane.clip;
  const { scale, from, to } = lane;
  const parts = useMemo(
    () =>
      barParts(
        { scale, from, to },
        pieces,
        { id: clip.id, duration: clip.info.duration },
        edit.span,
      ),
    [scale, from, to, pieces, clip, edit.span],
  );
  // Only what is on screen: a long timeline has hundreds of them.
  return parts
    .filter(({ left, width }) => left + width >= from && left <= to)
    .map((part) => (
      <EditBar key={part.pieceId} clip={clip} edit={edit} part={part} isSelected={isSelected} />
    ));
}
