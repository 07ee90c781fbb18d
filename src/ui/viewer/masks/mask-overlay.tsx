import { useState } from 'react';
import { reshape } from '../../../app/commands/mask-commands.ts';
import { activeLayer, type MaskTarget } from '../../../app/mask-target.ts';
import type { MaskLayer } from '../../../project/document.ts';
import { evaluateLayer, type LayerShape } from '../../../project/evaluate.ts';
import { useApp, useSession } from '../../context.ts';
import { BoxHandles } from './box-handles.tsx';
import { DrawBox } from './draw-box.tsx';
import { DrawBrush } from './draw-brush.tsx';
import { DrawPath } from './draw-path.tsx';
import { MaskOutlines } from './mask-outlines.tsx';
import { PathHandles } from './path-handles.tsx';
import { useMasks, useMaskTarget } from './use-masks.ts';
import './masks.css';

/** Over the picture: the mask of the selected edit, else of the next one, drawn and changed. */
export function MaskOverlay() {
  const tool = useSession((state) => state.maskTool);
  const playing = useSession((state) => state.playing);
  const target = useMaskTarget();
  if (target === null) {
    return null;
  }
  const { width, height } = target.clip.info;
  const aspect = width / height;
  return (
    <>
      {target.mask === null || playing ? null : (
        <MaskEditing
          key={target.editId ?? 'draft'}
          target={target}
          aspect={aspect}
          isDrawing={tool !== null}
        />
      )}
      {tool === null ? null : <Drawing tool={tool.shape} aspect={aspect} />}
    </>
  );
}

type ToolProps = {
  readonly tool: 'rectangle' | 'ellipse' | 'path' | 'brush' | 'erase';
  readonly aspect: number;
};

function Drawing({ tool, aspect }: ToolProps) {
  switch (tool) {
    case 'rectangle':
    case 'ellipse':
      return <DrawBox key={tool} shape={tool} aspect={aspect} />;
    case 'path':
      return <DrawPath aspect={aspect} />;
    case 'brush':
    case 'erase':
      return <DrawBrush key={tool} erase={tool === 'erase'} aspect={aspect} />;
  }
}

type MaskEditingProps = {
  readonly target: MaskTarget;
  readonly aspect: number;
  readonly isDrawing: boolean;
};

function MaskEditing({ target, aspect, isDrawing }: MaskEditingProps) {
  const app = useApp();
  const selected = useMasks((state) => state.layer);
  const onion = useMasks((state) => state.onion);
  const [dragged, setDragged] = useState<LayerShape | null>(null);
  const { mask, time } = target;
  if (mask === null) {
    return null;
  }
  const layer = activeLayer(mask, { layer: selected });
  const drop = (): void => {
    if (dragged !== null && layer !== null) {
      reshape(app, layer, dragged);
    }
    setDragged(null);
  };
  return (
    <>
      <MaskOutlines
        mask={mask}
        time={time}
        aspect={aspect}
        active={layer?.id ?? null}
        dragged={dragged}
        onion={onion}
      />
      {isDrawing || layer === null ? null : (
        <Handles
          layer={layer}
          time={time}
          aspect={aspect}
          dragged={dragged}
          onDrag={setDragged}
          onDrop={drop}
        />
      )}
    </>
  );
}

type HandlesProps = {
  readonly layer: MaskLayer;
  readonly time: number;
  readonly aspect: number;
  readonly dragged: LayerShape | null;
  onDrag(shape: LayerShape | null): void;
  onDrop(): void;
};

function Handles({ layer, time, aspect, dragged, onDrag, onDrop }: HandlesProps) {
  const shape = evaluateLayer(layer, time);
  if (shape.shape === 'brush') {
    return null;
  }
  if (shape.shape === 'path') {
    return layer.shape === 'path' ? (
      <PathHandles
        layer={layer}
        shape={shape}
        dragged={dragged?.shape === 'path' ? dragged : null}
        onDrag={onDrag}
        onDrop={onDrop}
      />
    ) : null;
  }
  const box = dragged?.shape === 'rectangle' || dragged?.shape === 'ellipse' ? dragged : null;
  return <BoxHandles shape={shape} dragged={box} aspect={aspect} onDrag={onDrag} onDrop={onDrop} />;
}
