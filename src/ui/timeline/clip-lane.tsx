import { Film } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { findClip } from '../../app/sequence.ts';
import { toX } from '../../app/timeline-scale.ts';
import { layOut, type PlacedPiece } from '../../project/sequence.ts';
import { useOfProject, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import type { LaneWindow } from './lane-window.ts';
import { PieceBar } from './piece-bar.tsx';

const NONE: readonly never[] = [];

/** The cut: pieces of clips one behind the other. Their heads are dragged to reorder, their ends to trim. */
export const ClipLane = memo(function ClipLane({ lane }: { lane: LaneWindow }) {
  const clips = useSession((state) => state.clips);
  const [gap, setGap] = useState<number | null>(null);
  const pieces = useOfProject((project) => project.pieces) ?? NONE;
  const placed = useVisiblePieces(lane, pieces);
  const name =
    pieces.length === 1 && clips.length === 1 ? lane.clip.info.name : `${pieces.length} pieces`;
  return (
    <div className="lane lane--clip">
      <div className="lane__label" title={clips.map(({ info }) => info.name).join(', ')}>
        <Icon of={Film} size={14} />
        <span className="one-line">{name}</span>
      </div>
      <div className="lane__body">
        <div
          className="cut"
          role="group"
          aria-label="Pieces"
          style={{ width: `${lane.scale.width}px` }}
        >
          {placed.map((one) => {
            const clip = findClip(clips, one.piece.clipId);
            return clip === undefined ? null : (
              <PieceBar
                key={one.piece.id}
                lane={lane}
                clip={clip}
                placed={one}
                count={pieces.length}
                onGap={setGap}
              />
            );
          })}
          {gap === null ? null : (
            <span className="cut__gap" style={{ left: `${toX(lane.scale, gap)}px` }} />
          )}
        </div>
      </div>
    </div>
  );
});

/** Only those on screen: a long cut has hundreds. */
export function useVisiblePieces(
  { scale, from, to }: LaneWindow,
  pieces: Parameters<typeof layOut>[0],
): readonly PlacedPiece[] {
  return useMemo(
    () =>
      layOut(pieces).pieces.filter(
        ({ begin, end }) => toX(scale, end) >= from && toX(scale, begin) <= to,
      ),
    [scale, from, to, pieces],
  );
}
