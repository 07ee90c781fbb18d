import { useEffect, useRef, type ReactNode } from 'react';
import { UNITS } from './outline-path.ts';
import type { Place, useDrawPointer } from './use-draw-pointer.ts';

type DrawingLayerProps = {
  readonly label: string;
  readonly hint: string;
  readonly aspect: number;
  readonly pointer: ReturnType<typeof useDrawPointer>;
  /** Of a brush, in the SVG's units; a cross where there is none. */
  readonly brush?: { readonly width: number; readonly at: Place | null };
  readonly children?: ReactNode;
  onKey?(key: string): boolean;
};

/** What is drawn on: over the whole picture, with the keys as soon as the tool is chosen. */
export function DrawingLayer(props: DrawingLayerProps) {
  const { label, hint, aspect, pointer, brush, children, onKey } = props;
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    layer.current?.focus({ preventScroll: true });
  }, [label]);
  const at = brush?.at ?? pointer.cursor;
  const { onKeyDown, ...listeners } = pointer.listeners;
  return (
    // An application takes keys as they are: here they move what draws.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={layer}
      className="mask-layer mask-layer--draw"
      data-brush={brush !== undefined || undefined}
      role="application"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={`${label}. ${hint}`}
      onKeyDown={(event) => {
        if (onKey?.(event.key) === true) {
          event.preventDefault();
          event.stopPropagation();
        } else {
          onKeyDown(event);
        }
      }}
      {...listeners}
    >
      <svg
        className="mask-svg"
        viewBox={`0 0 ${aspect * UNITS} ${UNITS}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {children}
        {at === null ? null : <Cursor at={at} aspect={aspect} width={brush?.width ?? null} />}
      </svg>
      <span className="tag tag--hint">{hint}</span>
    </div>
  );
}

function Cursor({ at, aspect, width }: { at: Place; aspect: number; width: number | null }) {
  const [x, y] = [at.x * aspect * UNITS, at.y * UNITS];
  if (width !== null) {
    return <circle className="mask-cursor" cx={x} cy={y} r={width / 2} />;
  }
  return <path className="mask-cursor" d={`M${x - 3} ${y}h6M${x} ${y - 3}v6`} />;
}
