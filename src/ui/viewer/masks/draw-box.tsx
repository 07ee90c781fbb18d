import { useState } from 'react';
import { addShape } from '../../../app/commands/mask-commands.ts';
import { boxBetween, SMALLEST_BOX, type Box } from '../../../app/mask-shape.ts';
import type { BoxShape } from '../../../project/evaluate.ts';
import { useApp } from '../../context.ts';
import { DrawingLayer } from './drawing-layer.tsx';
import { focusHandles } from './focus-handles.ts';
import { Outline } from './mask-outlines.tsx';
import { useDrawPointer, type Place } from './use-draw-pointer.ts';

/** A rectangle or ellipse from corner to corner. */
export function DrawBox({ shape, aspect }: { shape: BoxShape['shape']; aspect: number }) {
  const app = useApp();
  const [start, setStart] = useState<Place | null>(null);
  const [box, setBox] = useState<Box | null>(null);
  const end = (): void => {
    setStart(null);
    setBox(null);
  };
  const pointer = useDrawPointer({
    onDown: setStart,
    onMove: (at, isDown) => {
      if (isDown && start !== null) {
        setBox(boxBetween(start, at));
      }
    },
    onUp: () => {
      const isDrawn = box !== null && box.width > SMALLEST_BOX && box.height > SMALLEST_BOX;
      end();
      if (isDrawn) {
        addShape(app, { combine: 'add', shape, ...box });
        app.session.setState({ maskTool: null });
        if (pointer.cursor !== null) {
          focusHandles();
        }
      }
    },
    onCancel: end,
  });
  return (
    <DrawingLayer
      label={`Draw the ${shape}`}
      hint={`Drag to draw the ${shape}. Esc to stop.`}
      aspect={aspect}
      pointer={pointer}
    >
      {box === null ? null : <Outline shape={{ combine: 'add', shape, ...box }} aspect={aspect} />}
    </DrawingLayer>
  );
}
