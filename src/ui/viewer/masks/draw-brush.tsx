import { useState } from 'react';
import { paint } from '../../../app/commands/mask-commands.ts';
import { simplify } from '../../../app/mask-strokes.ts';
import { useApp } from '../../context.ts';
import { DrawingLayer } from './drawing-layer.tsx';
import { strokeLine, strokeWidth } from './outline-path.ts';
import { useDrawPointer, type Place } from './use-draw-pointer.ts';
import { useMasks } from './use-masks.ts';

/** Of the picture's height: a line may move by this when it is made simpler. */
const TOLERANCE = 0.002;

/** Brush and eraser: every press is a stroke, and a step of undo. */
export function DrawBrush({ erase, aspect }: { erase: boolean; aspect: number }) {
  const app = useApp();
  const brush = useMasks((state) => state.brush);
  const [points, setPoints] = useState<readonly Place[]>([]);
  const [at, setAt] = useState<Place | null>(null);
  const pointer = useDrawPointer({
    onDown: (place) => {
      setAt(place);
      setPoints([place]);
    },
    onMove: (place, isDown) => {
      setAt(place);
      if (isDown) {
        setPoints((before) => [...before, place]);
      }
    },
    onUp: () => {
      setPoints([]);
      paint(app, { points: simplify(points, TOLERANCE, aspect), ...brush, erase });
    },
    onCancel: () => {
      setPoints([]);
    },
  });
  const width = strokeWidth(brush.size, aspect);
  const verb = erase ? 'erase' : 'paint';
  return (
    <DrawingLayer
      label={erase ? 'Erase from the mask' : 'Paint a mask'}
      hint={`Drag to ${verb}. [ and ] change the size. Esc to stop.`}
      aspect={aspect}
      pointer={pointer}
      brush={{ width, at: at ?? pointer.cursor }}
    >
      {points.length === 0 ? null : (
        <path
          className={erase ? 'mask-stroke mask-stroke--erase' : 'mask-stroke mask-stroke--wet'}
          d={strokeLine(points, aspect)}
          strokeWidth={width}
        />
      )}
    </DrawingLayer>
  );
}
