import { useRef, type CSSProperties } from 'react';
import { dragBox, gripPoint, GRIPS, type Box, type Grip } from '../../../app/mask-shape.ts';
import type { BoxShape } from '../../../project/evaluate.ts';
import { useHandleDrag } from './use-handle-drag.ts';

const NAMES: Readonly<Record<Grip, string>> = {
  inside: 'Move the shape',
  turn: 'Turn the shape',
  n: 'Upper edge',
  ne: 'Upper right corner',
  e: 'Right edge',
  se: 'Lower right corner',
  s: 'Lower edge',
  sw: 'Lower left corner',
  w: 'Left edge',
  nw: 'Upper left corner',
};

type BoxHandlesProps = {
  readonly shape: BoxShape;
  readonly dragged: BoxShape | null;
  readonly aspect: number;
  onDrag(shape: BoxShape | null): void;
  onDrop(): void;
};

/** Takes hold of a rectangle or ellipse: inside, edges, corners, and what turns it. */
export function BoxHandles({ shape, dragged, aspect, onDrag, onDrop }: BoxHandlesProps) {
  const layer = useRef<HTMLDivElement>(null);
  // Keys move on from where they have brought it, the pointer from where it took hold.
  const from = useRef<BoxShape | null>(null);
  const shown = dragged ?? shape;
  const handle = useHandleDrag<{ grip: Grip; byKey: boolean }>(layer, {
    onDrag: ({ grip, byKey }, dx, dy) => {
      const start = byKey ? shown : (from.current ?? shape);
      from.current ??= start;
      onDrag({ ...shape, ...dragBox(start, grip, dx, dy, aspect) });
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
  const listenersOf = (grip: Grip) => {
    const byPointer = handle({ grip, byKey: false });
    const { onKeyDown, onKeyUp } = handle({ grip, byKey: true });
    return { ...byPointer, onKeyDown, onKeyUp };
  };
  return (
    <div ref={layer} className="mask-layer">
      <button
        type="button"
        className="mask-body"
        aria-label={NAMES.inside}
        style={placeOf(shown)}
        {...listenersOf('inside')}
      />
      {(['turn', ...GRIPS] as const).map((grip) => {
        const at = gripPoint(shown, grip, aspect);
        return (
          <button
            key={grip}
            type="button"
            className={grip === 'turn' ? 'mask-grip mask-grip--turn' : 'mask-grip'}
            aria-label={NAMES[grip]}
            style={{
              left: `${at.x * 100}%`,
              top: `${at.y * 100}%`,
              cursor: grip === 'turn' ? 'grab' : `${grip}-resize`,
            }}
            {...listenersOf(grip)}
          />
        );
      })}
    </div>
  );
}

function placeOf(box: Box): CSSProperties {
  return {
    left: `${box.x * 100}%`,
    top: `${box.y * 100}%`,
    width: `${box.width * 100}%`,
    height: `${box.height * 100}%`,
    transform: `rotate(${box.rotation}deg)`,
  };
}
