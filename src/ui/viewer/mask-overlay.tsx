import { useRef, useState, type PointerEvent } from 'react';
import { changeDraft, changeEdit, setMask } from '../../app/commands/edit-commands.ts';
import {
  boxBetween,
  boxOf,
  dragBox,
  gripPoint,
  GRIPS,
  SMALLEST_BOX,
  stillMask,
  withBox,
  type Box,
  type Grip,
} from '../../app/mask-shape.ts';
import type { MaskTrack } from '../../project/document.ts';
import type { MaskShape } from '../../app/state/session-store.ts';
import { useApp, useProject, useSession } from '../context.ts';

type Drag = { readonly grip: Grip; readonly x: number; readonly y: number; readonly from: Box };

/** Mask of the selected edit, else of the next one: drawn by dragging, changed by its handles. */
export function MaskOverlay() {
  const tool = useSession((state) => state.maskTool);
  const selected = useSession((state) => state.selectedEdit);
  const draftMask = useSession((state) => state.draft.mask);
  const playing = useSession((state) => state.playing);
  const edit = useProject()?.edits.find((one) => one.id === selected) ?? null;
  if (tool !== null) {
    return <MaskDrawing shape={tool.shape} editId={tool.editId} />;
  }
  const mask = edit === null ? draftMask : edit.mask;
  if (mask === null || playing) {
    return null;
  }
  return <MaskHandles key={edit?.id ?? 'draft'} mask={mask} editId={edit?.id ?? null} />;
}

function pointIn(event: PointerEvent): { x: number; y: number } {
  const box = event.currentTarget.getBoundingClientRect();
  return {
    x: (event.clientX - box.left) / box.width,
    y: (event.clientY - box.top) / box.height,
  };
}

function MaskDrawing({ shape, editId }: { shape: MaskShape; editId: string | null }) {
  const app = useApp();
  const [start, setStart] = useState<{ x: number; y: number } | null>(null);
  const [box, setBox] = useState<Box | null>(null);
  return (
    <div
      className="mask-layer mask-layer--draw"
      role="application"
      aria-label={`Drag to draw the ${shape}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setStart(pointIn(event));
      }}
      onPointerMove={(event) => {
        if (start !== null) {
          const to = pointIn(event);
          setBox(boxBetween(start.x, start.y, to.x, to.y));
        }
      }}
      onPointerUp={() => {
        const isDrawn = box !== null && box.width > SMALLEST_BOX && box.height > SMALLEST_BOX;
        setStart(null);
        setBox(null);
        if (isDrawn) {
          setMask(app, editId, stillMask(shape, box));
        }
      }}
    >
      <span className="tag tag--hint">Drag to draw the {shape}. Esc to stop.</span>
      {box === null ? null : <Outline shape={shape} box={box} />}
    </div>
  );
}

function MaskHandles({ mask, editId }: { mask: MaskTrack; editId: string | null }) {
  const app = useApp();
  const layer = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const [moved, setMoved] = useState<Box | null>(null);
  const box = moved ?? boxOf(mask);
  const begin = (grip: Grip) => (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { grip, x: event.clientX, y: event.clientY, from: box };
  };
  const onMove = (event: PointerEvent): void => {
    const size = layer.current?.getBoundingClientRect();
    const { current } = drag;
    if (size !== undefined && current !== null) {
      const dx = (event.clientX - current.x) / size.width;
      const dy = (event.clientY - current.y) / size.height;
      setMoved(dragBox(current.from, current.grip, dx, dy));
    }
  };
  const end = (): void => {
    drag.current = null;
    if (moved !== null) {
      const next = withBox(mask, moved);
      if (editId === null) {
        changeDraft(app, { mask: next });
      } else {
        changeEdit(app, editId, { mask: next });
      }
    }
    setMoved(null);
  };
  const listeners = { onPointerMove: onMove, onPointerUp: end, onPointerCancel: end };
  return (
    <div ref={layer} className="mask-layer">
      <Outline shape={outlineOf(mask)} box={box} />
      <div
        className="mask-body"
        style={place(box)}
        onPointerDown={begin('inside')}
        {...listeners}
      />
      {GRIPS.map((grip) => {
        const at = gripPoint(box, grip);
        return (
          <div
            key={grip}
            className="mask-grip"
            style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%`, cursor: `${grip}-resize` }}
            onPointerDown={begin(grip)}
            {...listeners}
          />
        );
      })}
    </div>
  );
}

function place(box: Box) {
  return {
    left: `${box.x * 100}%`,
    top: `${box.y * 100}%`,
    width: `${box.width * 100}%`,
    height: `${box.height * 100}%`,
  };
}

function Outline({ shape, box }: { shape: MaskShape; box: Box }) {
  return <div className={`mask-outline mask-outline--${shape}`} style={place(box)} />;
}

function outlineOf(mask: MaskTrack): MaskShape {
  return mask.layers[0]?.shape === 'ellipse' ? 'ellipse' : 'rectangle';
}
