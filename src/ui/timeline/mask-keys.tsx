import { useState, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import type { BarPart } from '../../app/bar-parts.ts';
import { applyMaskChange } from '../../app/commands/mask-commands.ts';
import { draggedBy, isSame, pressKeyframe, steppedBy } from '../../app/keyframe-drag.ts';
import { placeAtClipFrame } from '../../app/playhead.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { tenths } from '../../app/time.ts';
import { toX } from '../../app/timeline-scale.ts';
import type { Edit, MaskKeyframe, MaskLayer } from '../../project/document.ts';
import { frameAt } from '../../project/frames.ts';
import { movedTo, type KeyframeRef } from '../../project/mask-changes.ts';
import { useApp } from '../context.ts';
import { useDrag, type DragMove } from './use-drag.ts';
import { useSnapping } from './use-snapping.ts';

type MaskKeysProps = {
  readonly clip: OpenClip;
  readonly edit: Edit;
  readonly layer: MaskLayer;
  readonly part: BarPart;
};

/** The keyframes of a layer in one piece of the cut, as diamonds on the line of the edit's span. */
export function MaskKeys({ clip, edit, layer, part }: MaskKeysProps) {
  const [shift, setShift] = useState(0);
  const { scale } = part.lane;
  const x = (time: number) => part.left + toX(scale, time) - toX(scale, part.span.from);
  const from = Math.max(part.span.from, edit.span.from);
  const to = Math.min(part.span.to, edit.span.to);
  const frames: readonly MaskKeyframe[] = layer.keyframes;
  return (
    <>
      {from < to ? (
        <span
          className="mask-lane__span"
          style={{ left: `${x(from)}px`, width: `${x(to) - x(from)}px` }}
        />
      ) : null}
      {frames
        .filter(({ time }) => time >= part.span.from && time < part.span.to)
        .map((frame, i) => (
          <MaskKey
            // A moved keyframe is still the same one and keeps the focus.
            // oxlint-disable-next-line react/no-array-index-key
            key={i}
            clip={clip}
            frame={frame}
            layerId={layer.id}
            pieceId={part.pieceId}
            perPixel={scale.width <= 0 ? 0 : scale.duration / scale.width}
            xOf={x}
            shift={shift}
            onShift={setShift}
          />
        ))}
    </>
  );
}

type MaskKeyProps = {
  readonly clip: OpenClip;
  readonly frame: MaskKeyframe;
  readonly layerId: string;
  readonly pieceId: string;
  readonly perPixel: number;
  /** How far the selected keyframes are dragged, in microseconds. */
  readonly shift: number;
  xOf(time: number): number;
  onShift(by: number): void;
};

function MaskKey({ clip, frame, layerId, pieceId, perPixel, shift, xOf, onShift }: MaskKeyProps) {
  const app = useApp();
  const snapping = useSnapping();
  const { time, easing } = frame;
  const key: KeyframeRef = { layerId, time };
  const isSelected = useStore(app.masks, ({ keys }) => keys.some((one) => isSame(one, key)));
  const select = (more: boolean): void => {
    app.masks.setState(({ keys }) => {
      return { layer: layerId, point: null, keys: pressKeyframe(keys, key, more) };
    });
  };
  const move = (by: number): void => {
    const { keys } = app.masks.getState();
    const change = { kind: 'move-keyframes', keys, by, times: clip.times } as const;
    if (by !== 0 && applyMaskChange(app, change)) {
      const to = movedTo(change);
      app.masks.setState({ keys: keys.map((one) => ({ ...one, time: to(one.time) })) });
    }
  };
  const shiftOf = ({ by, free }: DragMove): number => {
    const most = clip.info.duration - time;
    const pixels = { edges: [time], by: by * perPixel, perPixel };
    return draggedBy(time, snapping.move({ ...pixels, least: 0 - time, most, free }), clip.times);
  };
  const end = (): void => {
    onShift(0);
    snapping.release();
  };
  const drag = useDrag({
    onStart: () => {
      if (!isSelected) {
        app.masks.setState({ layer: layerId, point: null, keys: [key] });
      }
      const layerIds = app.masks.getState().keys.map((one) => one.layerId);
      snapping.hold(pieceId, { kind: 'mask-keys', layerIds });
    },
    onMove: (now) => {
      onShift(shiftOf(now));
    },
    onDrop: (last) => {
      move(shiftOf(last));
      end();
    },
    onCancel: end,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (steps !== undefined && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      event.stopPropagation();
      move(steppedBy(time, steps * (event.shiftKey ? 10 : 1), clip.times));
    }
  };
  return (
    <button
      type="button"
      className="mask-key"
      data-selected={isSelected || undefined}
      data-easing={easing}
      aria-pressed={isSelected}
      aria-label={`Mask keyframe at ${tenths(time)} s, ${easing}`}
      style={{ left: `${xOf(time + (isSelected ? shift : 0))}px` }}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        select(event.shiftKey || event.ctrlKey || event.metaKey);
      }}
      onDoubleClick={() => {
        placeAtClipFrame(app, clip.id, frameAt(clip.times, time));
      }}
      {...drag}
    />
  );
}
