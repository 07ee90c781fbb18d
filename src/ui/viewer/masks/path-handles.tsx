import { useRef } from 'react';
import { applyMaskChange } from '../../../app/commands/mask-commands.ts';
import type { PathLayer, PathPoint } from '../../../project/document.ts';
import type { PathShape } from '../../../project/evaluate.ts';
import { curvePoint } from '../../../project/mask-path.ts';
import { useApp } from '../../context.ts';
import { boundsOf } from './outline-path.ts';
import { useHandleDrag } from './use-handle-drag.ts';
import { useMasks } from './use-masks.ts';

type Part = 'point' | 'in' | 'out' | 'whole';
type Grab = { readonly part: Part; readonly index: number; readonly byKey: boolean };

type PathHandlesProps = {
  readonly layer: PathLayer;
  readonly shape: PathShape;
  readonly dragged: PathShape | null;
  onDrag(shape: PathShape | null): void;
  onDrop(): void;
};

/** Takes hold of a path: its points, the handles of the selected one, new points between, all of it. */
export function PathHandles({ layer, shape, dragged, onDrag, onDrop }: PathHandlesProps) {
  const app = useApp();
  const area = useRef<HTMLDivElement>(null);
  const from = useRef<PathShape | null>(null);
  const selected = useMasks((state) => state.point);
  const shown = dragged ?? shape;
  const handle = useHandleDrag<Grab>(area, {
    onDrag: ({ part, index, byKey }, dx, dy) => {
      const start = byKey ? shown : (from.current ?? shape);
      from.current ??= start;
      onDrag({ ...shape, points: dragPoints(start.points, part, index, dx, dy) });
    },
    onDrop: () => {
      from.current = null;
      onDrop();
    },
    onCancel: () => {
      from.current = null;
      onDrag(null);
    },
  });
  const listenersOf = (part: Part, index: number) => {
    const byPointer = handle({ part, index, byKey: false });
    const { onKeyDown, onKeyUp } = handle({ part, index, byKey: true });
    return { ...byPointer, onKeyDown, onKeyUp };
  };
  const bounds = boundsOf(shown);
  const point = selected === null ? undefined : shown.points[selected];
  return (
    <div ref={area} className="mask-layer">
      <button
        type="button"
        className="mask-body"
        aria-label="Move the path"
        style={percent(bounds)}
        {...listenersOf('whole', 0)}
      />
      {shown.points.map((from_, i) => {
        const to = shown.points[(i + 1) % shown.points.length] ?? from_;
        const middle = curvePoint(from_, to, 0.5);
        return (
          <button
            key={`add ${i}`}
            type="button"
            className="mask-add"
            aria-label={`Add a point after point ${i + 1}`}
            style={{ left: `${middle.x * 100}%`, top: `${middle.y * 100}%` }}
            onClick={() => {
              const change = { kind: 'insert-point', after: i, share: 0.5 } as const;
              if (applyMaskChange(app, { ...change, layerId: layer.id })) {
                app.masks.setState({ point: i + 1 });
              }
            }}
          />
        );
      })}
      {point === undefined || selected === null
        ? null
        : (['in', 'out'] as const).map((side) => (
            <button
              key={side}
              type="button"
              className="mask-grip mask-grip--handle"
              aria-label={side === 'in' ? 'Handle before the point' : 'Handle after the point'}
              style={{
                left: `${(point.x + point[side].x) * 100}%`,
                top: `${(point.y + point[side].y) * 100}%`,
              }}
              {...listenersOf(side, selected)}
            />
          ))}
      {shown.points.map(({ x, y }, i) => (
        <button
          key={`point ${i}`}
          type="button"
          className="mask-grip"
          data-selected={i === selected || undefined}
          aria-label={`Point ${i + 1} of ${shown.points.length}`}
          aria-pressed={i === selected}
          style={{ left: `${x * 100}%`, top: `${y * 100}%`, cursor: 'move' }}
          onFocus={() => {
            app.masks.setState({ point: i, layer: layer.id, keys: [] });
          }}
          onDoubleClick={() => {
            onDrag({ ...shape, points: toggleCorner(shown.points, i) });
            onDrop();
          }}
          {...listenersOf('point', i)}
        />
      ))}
    </div>
  );
}

/** Handles of a smooth point move together, opposite each other. */
function dragPoints(
  points: readonly PathPoint[],
  part: Part,
  index: number,
  dx: number,
  dy: number,
): readonly PathPoint[] {
  if (part === 'whole') {
    return points.map((point) => ({ ...point, x: point.x + dx, y: point.y + dy }));
  }
  const point = points[index];
  if (point === undefined) {
    return points;
  }
  if (part === 'point') {
    return points.with(index, { ...point, x: point.x + dx, y: point.y + dy });
  }
  const own = { x: point[part].x + dx, y: point[part].y + dy };
  const opposite = part === 'in' ? 'out' : 'in';
  const isSmooth =
    Math.abs(point.in.x + point.out.x) < 1e-6 && Math.abs(point.in.y + point.out.y) < 1e-6;
  return points.with(index, {
    ...point,
    [part]: own,
    [opposite]: isSmooth ? { x: -own.x, y: -own.y } : point[opposite],
  });
}

/** A corner becomes smooth along its neighbours, a smooth point a corner. */
function toggleCorner(points: readonly PathPoint[], index: number): readonly PathPoint[] {
  const point = points[index];
  const before = points.at(index - 1);
  const after = points[(index + 1) % points.length];
  if (point === undefined || before === undefined || after === undefined) {
    return points;
  }
  const isCorner = point.in.x === 0 && point.in.y === 0 && point.out.x === 0 && point.out.y === 0;
  const out = isCorner
    ? { x: (after.x - before.x) / 6, y: (after.y - before.y) / 6 }
    : { x: 0, y: 0 };
  return points.with(index, { ...point, out, in: { x: -out.x + 0, y: -out.y + 0 } });
}

function percent(box: ReturnType<typeof boundsOf>) {
  return {
    left: `${box.x * 100}%`,
    top: `${box.y * 100}%`,
    width: `${box.width * 100}%`,
    height: `${box.height * 100}%`,
  };
}
