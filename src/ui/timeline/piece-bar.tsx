import { useMemo, useState } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import { dropPlace } from '../../app/drop-place.ts';
import { reorder, selectPiece } from '../../app/commands/cut-commands.ts';
import { sequenceOf } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { clipLength } from '../../app/time.ts';
import { toTime, toX } from '../../app/timeline-scale.ts';
import type { PlacedPiece } from '../../project/sequence.ts';
import type { View } from '../../protocol/preview.ts';
import { useApp, useProject, useSession } from '../context.ts';
import { pieceLane, type LaneWindow } from './lane-window.ts';
import { PieceBody } from './piece-body.tsx';
import { Strip } from './strip.tsx';
import { TrimHandle } from './trim-handle.tsx';
import { useDrag } from './use-drag.ts';

export const STRIP_HEIGHT = 48;

type PieceBarProps = {
  readonly lane: LaneWindow;
  readonly clip: OpenClip;
  readonly placed: PlacedPiece;
  /** How many pieces there are. */
  readonly count: number;
  /** While it is dragged: the sequence time of the gap that would open. */
  onGap(time: number | null): void;
};

/** One piece: its head selects and moves it, its ends trim it, its pictures take the playhead and spans. */
export function PieceBar({ lane, clip, placed, count, onGap }: PieceBarProps) {
  const app = useApp();
  const { piece, index, begin } = placed;
  const isSelected = useSession((state) => state.selectedPiece === piece.id);
  const [shift, setShift] = useState<number | null>(null);
  const [trimmed, setTrimmed] = useState<TimeSpan | null>(null);
  const own = useMemo(() => pieceLane(lane, clip, placed), [lane, clip, placed]);
  const view = useSourceView();
  const span = trimmed ?? piece;
  const left = toX(lane.scale, begin) + toX(own.scale, span.from) - toX(own.scale, piece.from);
  const width = Math.max(2, toX(own.scale, span.to) - toX(own.scale, span.from));
  const placeUnder = (by: number) => {
    const middle = toTime(lane.scale, left + width / 2 + by);
    return dropPlace(sequenceOf(app).sequence, piece.id, middle);
  };
  const head = useDrag({
    onMove: ({ by }) => {
      setShift(by);
      onGap(placeUnder(by).at);
    },
    onDrop: ({ by }) => {
      setShift(null);
      onGap(null);
      reorder(app, piece.id, placeUnder(by).to);
    },
    onCancel: () => {
      setShift(null);
      onGap(null);
    },
  });
  const name = `Piece ${index + 1} of ${count}, ${clip.info.name}`;
  return (
    <div
      className="piece"
      data-selected={isSelected || undefined}
      data-lifted={shift !== null || trimmed !== null || undefined}
      style={{
        left: `${left}px`,
        width: `${width}px`,
        transform: shift === null ? undefined : `translateX(${shift}px)`,
      }}
    >
      <button
        type="button"
        className="piece__head"
        aria-pressed={isSelected}
        // As it reads: people who speak to the page say what they see.
        aria-label={`${name} ${clipLength(span.to - span.from)}`}
        title={`${clip.info.name}: drag to reorder`}
        onClick={() => {
          selectPiece(app, piece.id);
        }}
        {...head}
      >
        <span className="piece__name">{clip.info.name}</span>{' '}
        <span className="piece__length">{clipLength(span.to - span.from)}</span>
      </button>
      <PieceBody lane={own} clip={clip} placed={placed}>
        <Strip
          lane={own}
          name={`source ${clip.info.fingerprint}`}
          span={span}
          height={STRIP_HEIGHT}
          view={view}
          only={null}
        />
      </PieceBody>
      {(['from', 'to'] as const).map((side) => (
        <TrimHandle
          key={side}
          side={side}
          name={name}
          lane={own}
          placed={placed}
          isReachable={isSelected}
          onTrim={setTrimmed}
        />
      ))}
    </div>
  );
}

/** Thumbnails of clips without edits. */
function useSourceView(): View | null {
  const project = useProject();
  const clips = project?.clips;
  return useMemo(
    () =>
      project === null
        ? null
        : { project: { ...project, edits: [] }, results: [], frame: 0, split: 1 },
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- edits don't change the source's thumbnails
    [clips],
  );
}
