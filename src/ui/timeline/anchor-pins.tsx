import type { KeyboardEvent } from 'react';
import type { BarPart } from '../../app/bar-parts.ts';
import { placeAnchors } from '../../app/commands/anchor-commands.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { toX } from '../../app/timeline-scale.ts';
import { hasMovableAnchors, moveAnchor } from '../../project/anchors.ts';
import type { Edit } from '../../project/document.ts';
import { frameRange } from '../../project/frames.ts';
import { useApp } from '../context.ts';

type AnchorPinsProps = {
  readonly clip: OpenClip;
  readonly edit: Edit;
  readonly part: BarPart;
  /** Numbers within the clip. */
  readonly frames: readonly number[];
  readonly isSelected: boolean;
};

/** The frames that all others read, as pins. Those of the selected edit can be moved where the mode has them anywhere. */
export function AnchorPins({ clip, edit, part, frames, isSelected }: AnchorPinsProps) {
  const { scale } = part.lane;
  const begin = toX(scale, part.span.from);
  // Scenes get anchors by what is found in them.
  const isMovable = isSelected && hasMovableAnchors(edit.settings) && edit.settings.scenes !== true;
  return frames.map((frame, index) => {
    const time = clip.times[frame] ?? 0;
    if (time < part.span.from || time >= part.span.to) {
      return null;
    }
    const left = toX(scale, time) - begin;
    return isMovable ? (
      <Pin
        // oxlint-disable-next-line react/no-array-index-key -- while one is dragged its frame changes, not its place
        key={index}
        clip={clip}
        edit={edit}
        frames={frames}
        index={index}
        left={left}
      />
    ) : (
      <span
        // oxlint-disable-next-line react/no-array-index-key -- as above
        key={index}
        className="pin"
        title={`Anchor: frame ${frame}`}
        style={{ left: `${left}px` }}
      />
    );
  });
}

type PinProps = Omit<AnchorPinsProps, 'part' | 'isSelected'> & {
  readonly index: number;
  readonly left: number;
};

function Pin({ clip, edit, frames, index, left }: PinProps) {
  const app = useApp();
  const frame = frames[index] ?? 0;
  const range = frameRange(clip.times, edit.span);
  const isPlaced = edit.settings.anchorTimes !== undefined;
  const onKeyDown = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 10 : 1;
    const by = { ArrowLeft: -far, ArrowRight: far }[event.key];
    if (by !== undefined) {
      placeAnchors(app, edit.id, clip.times, moveAnchor(frames, index, frame + by, range));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      placeAnchors(app, edit.id, clip.times, null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      className="pin pin--movable"
      data-part="anchor"
      data-index={index}
      data-placed={isPlaced || undefined}
      role="slider"
      tabIndex={0}
      aria-label={`Anchor ${index + 1} of ${frames.length}`}
      aria-valuemin={range.from}
      aria-valuemax={range.to - 1}
      aria-valuenow={frame}
      aria-valuetext={`frame ${frame}`}
      title={
        isPlaced
          ? `Anchor: frame ${frame}, placed by hand. Double click spreads them evenly`
          : `Anchor: frame ${frame}. Drag to place`
      }
      style={{ left: `${left}px` }}
      onKeyDown={onKeyDown}
    />
  );
}
