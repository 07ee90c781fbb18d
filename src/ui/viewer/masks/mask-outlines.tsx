import { evaluateLayer, type LayerShape } from '../../../project/evaluate.ts';
import type { MaskTrack } from '../../../project/document.ts';
import { outlineOf, strokeLine, strokeWidth, UNITS } from './outline-path.ts';
import { useMasks } from './use-masks.ts';

type MaskOutlinesProps = {
  readonly mask: MaskTrack;
  readonly time: number;
  readonly aspect: number;
  /** The layer that is worked on, and how it looks while it is dragged. */
  readonly active: string | null;
  readonly dragged: LayerShape | null;
  readonly onion: boolean;
};

/** All layers as lines: the one worked on is drawn through, neighbouring keyframes are faint. */
export function MaskOutlines({ mask, time, aspect, active, dragged, onion }: MaskOutlinesProps) {
  const look = useMasks((state) => state.look);
  return (
    <svg
      className="mask-svg"
      data-look={look}
      viewBox={`0 0 ${aspect * UNITS} ${UNITS}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {mask.layers.map((layer) => {
        const isActive = layer.id === active;
        const shape = isActive && dragged !== null ? dragged : evaluateLayer(layer, time);
        const times = layer.keyframes.map((frame) => frame.time);
        const before = times.findLast((at) => at < time);
        const after = times.find((at) => at > time);
        return (
          <g key={layer.id} data-active={isActive || undefined} data-combine={layer.combine}>
            {onion && isActive
              ? [before, after].map((at, i) =>
                  at === undefined ? null : (
                    <g key={at} className={i === 0 ? 'mask-onion--before' : 'mask-onion--after'}>
                      <Outline shape={evaluateLayer(layer, at)} aspect={aspect} />
                    </g>
                  ),
                )
              : null}
            <Outline shape={shape} aspect={aspect} />
          </g>
        );
      })}
    </svg>
  );
}

export function Outline({ shape, aspect }: { shape: LayerShape; aspect: number }) {
  if (shape.shape === 'brush') {
    return shape.strokes.map((stroke, i) => (
      <path
        // Strokes are only ever added at the end.
        // oxlint-disable-next-line react/no-array-index-key
        key={i}
        className={stroke.erase ? 'mask-stroke mask-stroke--erase' : 'mask-stroke'}
        d={strokeLine(stroke.points, aspect)}
        strokeWidth={strokeWidth(stroke.size, aspect)}
      />
    ));
  }
  const line = outlineOf(shape, aspect) ?? '';
  return (
    <>
      <path className="mask-line mask-line--under" d={line} />
      <path className="mask-line" d={line} />
    </>
  );
}
