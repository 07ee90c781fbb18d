import { AudioLines } from 'lucide-react';
import { memo, useCallback, useRef } from 'react';
import { useStore } from 'zustand';
import { findClip } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { toTime, toX } from '../../app/timeline-scale.ts';
import { loudest } from '../../app/waveforms.ts';
import { PEAKS_PER_SECOND } from '../../protocol/sound.ts';
import type { PlacedPiece } from '../../project/sequence.ts';
import { useApp, useOfProject, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { useVisiblePieces } from './clip-lane.tsx';
import { pieceLane, type LaneWindow } from './lane-window.ts';
import { useLaneCanvas } from './use-lane-canvas.ts';

const HEIGHT = 32;
const NONE: readonly never[] = [];

/** The sound of the pieces as it is cut; absent where no clip has any. */
export const SoundLane = memo(function SoundLane({ lane }: { lane: LaneWindow }) {
  const clips = useSession((state) => state.clips);
  const muted = useSession((state) => state.muted);
  const placed = useVisiblePieces(lane, useOfProject((project) => project.pieces) ?? NONE);
  if (clips.every(({ soundStart }) => soundStart === null)) {
    return null;
  }
  return (
    <div className="lane lane--sound" data-off={muted || undefined}>
      <div className="lane__label">
        <Icon of={AudioLines} size={14} />
        <span className="one-line">Sound{muted ? ', off' : ''}</span>
      </div>
      <div className="lane__body">
        <div className="cut" style={{ width: `${lane.scale.width}px`, height: `${HEIGHT}px` }}>
          {placed.map((one) => {
            const clip = findClip(clips, one.piece.clipId);
            return clip === undefined ? null : (
              <Wave key={one.piece.id} lane={lane} clip={clip} placed={one} />
            );
          })}
        </div>
      </div>
    </div>
  );
});

type WaveProps = {
  readonly lane: LaneWindow;
  readonly clip: OpenClip;
  readonly placed: PlacedPiece;
};

/** One canvas over the visible part of a piece: loudest and quietest value under each pixel. */
function Wave({ lane, clip, placed }: WaveProps) {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const version = useStore(app.waveforms.version, (state) => state.count);
  const begin = toX(lane.scale, placed.begin);
  const end = toX(lane.scale, placed.end);
  const from = Math.max(lane.from, begin);
  const to = Math.min(lane.to, end);
  const draw = useCallback(
    (pen: CanvasRenderingContext2D, ratio: number): void => {
      const wave = app.waveforms.get(clip);
      if (wave === null) {
        return;
      }
      const { canvas: element } = pen;
      pen.fillStyle = getComputedStyle(element).color;
      const own = pieceLane(lane, clip, placed);
      const shift = begin - toX(own.scale, placed.piece.from);
      const peakAt = (pixel: number): number =>
        (toTime(own.scale, from + pixel / ratio - shift) / 1e6) * PEAKS_PER_SECOND;
      const middle = element.height / 2;
      for (let pixel = 0; pixel < element.width; pixel++) {
        const { low, high } = loudest(wave, peakAt(pixel), peakAt(pixel + 1));
        const top = middle - drawn(high) * middle;
        pen.fillRect(pixel, top, 1, Math.max(ratio / 2, middle + drawn(-low) * middle - top));
      }
    },
    [app, lane, clip, placed, begin, from],
  );
  useLaneCanvas({
    canvas,
    part: { from, to, width: lane.scale.width },
    box: { begin, end },
    content: `${version} ${placed.begin} ${placed.piece.from}`,
    draw,
    height: HEIGHT,
  });
  return (
    <div
      className="sound"
      data-silent={clip.soundStart === null || undefined}
      style={{ left: `${begin}px`, width: `${end - begin}px` }}
    >
      <canvas ref={canvas} aria-hidden="true" style={{ height: `${HEIGHT}px` }} />
    </div>
  );
}

/** Quiet sound is drawn larger than it is, or speech would be a thin line. */
function drawn(level: number): number {
  return Math.max(0, level) ** 0.6;
}
