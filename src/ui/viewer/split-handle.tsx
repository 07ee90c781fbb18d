import { MoveHorizontal } from 'lucide-react';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';

const KEY_STEP = 0.02;

/** The line between source and edit. */
export function SplitHandle() {
  const app = useApp();
  const split = useSession((state) => state.split);
  const line = useRef<HTMLDivElement>(null);
  const move = (to: number): void => {
    app.session.setState({ split: Math.min(1, Math.max(0, to)) });
  };
  const onPointerMove = (event: PointerEvent): void => {
    const box = line.current?.parentElement?.getBoundingClientRect();
    if (box !== undefined && event.currentTarget.hasPointerCapture(event.pointerId)) {
      move((event.clientX - box.left) / box.width);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      move(split + by * (event.shiftKey ? 5 : 1));
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      move(event.key === 'Home' ? 0 : 1);
    }
  };
  return (
    <div
      ref={line}
      className="split"
      style={{ left: `${split * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label="Split between source and edit"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(split * 100)}
      aria-valuetext={`Source on the left ${Math.round(split * 100)} %`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onDoubleClick={() => {
        move(0.5);
      }}
      onKeyDown={onKeyDown}
    >
      <span className="split__knob">
        <Icon of={MoveHorizontal} size={14} />
      </span>
    </div>
  );
}
