import { useState } from 'react';
import { addShape } from '../../../app/commands/mask-commands.ts';
import type { PathPoint } from '../../../project/document.ts';
import { MASK_LIMITS } from '../../../project/limits.ts';
import { useApp } from '../../context.ts';
import { DrawingLayer } from './drawing-layer.tsx';
import { focusHandles } from './focus-handles.ts';
import { pathOf, UNITS } from './outline-path.ts';
import { useDrawPointer, type Place } from './use-draw-pointer.ts';

/** Of the picture's height: nearer to the first point closes the path, shorter drags make corners. */
const NEAR = 0.025;
const NONE = { x: 0, y: 0 };

/** The pen: a press makes a corner, a drag a smooth point; the first point closes it. */
export function DrawPath({ aspect }: { aspect: number }) {
  const app = useApp();
  const [points, setPoints] = useState<readonly PathPoint[]>([]);
  const [at, setAt] = useState<Place | null>(null);
  const [isClosing, setClosing] = useState(false);
  const distance = (a: Place, b: Place) => Math.hypot((a.x - b.x) * aspect, a.y - b.y);
  const isFirst = (place: Place): boolean => {
    const [first] = points;
    return first !== undefined && points.length >= 3 && distance(first, place) < NEAR;
  };
  const finish = (): void => {
    if (points.length >= 3) {
      addShape(app, { combine: 'add', shape: 'path', points });
    }
    app.session.setState({ maskTool: null });
    if (pointer.cursor !== null) {
      focusHandles();
    }
  };
  const pointer = useDrawPointer({
    onDown: (place) => {
      const closes = isFirst(place);
      setClosing(closes);
      if (!closes && points.length < MASK_LIMITS.pathPoints[1]) {
        setPoints([...points, { ...place, in: NONE, out: NONE }]);
      }
    },
    onMove: (place, isDown) => {
      setAt(place);
      const last = points.at(-1);
      if (isDown && !isClosing && last !== undefined && distance(last, place) > NEAR) {
        const out = { x: place.x - last.x, y: place.y - last.y };
        setPoints(points.with(-1, { ...last, out, in: { x: -out.x, y: -out.y } }));
      }
    },
    onUp: () => {
      if (isClosing) {
        finish();
      }
    },
    onCancel: () => {
      setPoints(points.slice(0, -1));
    },
  });
  const open = at === null ? points : [...points, { ...at, in: NONE, out: NONE }];
  return (
    <DrawingLayer
      label="Draw a path"
      hint={hintFor(points.length)}
      aspect={aspect}
      pointer={pointer}
      onKey={(key) => {
        if (key === 'Backspace' && points.length > 0) {
          setPoints(points.slice(0, -1));
          return true;
        }
        if (key.toLowerCase() === 'c' && points.length >= 3) {
          finish();
          return true;
        }
        return false;
      }}
    >
      {points.length === 0 ? null : <path className="mask-line" d={pathOf(open, aspect, false)} />}
      {points.map((point, i) => (
        <circle
          // Points are only ever added at the end.
          // oxlint-disable-next-line react/no-array-index-key
          key={i}
          className="mask-dot"
          data-closes={(i === 0 && at !== null && isFirst(at)) || undefined}
          cx={point.x * aspect * UNITS}
          cy={point.y * UNITS}
          r={i === 0 ? 1.3 : 0.9}
        />
      ))}
    </DrawingLayer>
  );
}

function hintFor(count: number): string {
  return count < 3
    ? 'Click for corners, drag for curves. Esc to stop.'
    : 'Click the first point or press C to close. Backspace takes a point back.';
}
