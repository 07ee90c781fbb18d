import {
  Brush,
  Circle,
  Eraser,
  Layers,
  PenTool,
  Square,
  SquareMinus,
  SquarePlus,
  SquaresIntersect,
  type LucideIcon,
} from 'lucide-react';
import { Button } from 'react-aria-components';
import { startMask } from '../../../app/commands/edit-commands.ts';
import { combineAs, nextLook } from '../../../app/commands/mask-commands.ts';
import { activeLayer, type MaskTarget } from '../../../app/mask-target.ts';
import type { MaskLook, MaskTool } from '../../../app/state/mask-store.ts';
import type { MaskCombine } from '../../../project/document.ts';
import { useApp, useSession } from '../../context.ts';
import { IconToggle } from '../../widgets/icon-button.tsx';
import { EdgePopover } from './edge-popover.tsx';
import { BrushPopover } from './brush-popover.tsx';
import { KeyframeTools } from './keyframe-tools.tsx';
import { useMasks, useMaskTarget } from './use-masks.ts';

type Tool = {
  readonly tool: MaskTool;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys: string;
};

const TOOLS: readonly Tool[] = [
  { tool: 'rectangle', icon: Square, label: 'Rectangle', keys: 'M R' },
  { tool: 'ellipse', icon: Circle, label: 'Ellipse', keys: 'M O' },
  { tool: 'path', icon: PenTool, label: 'Pen', keys: 'M P' },
  { tool: 'brush', icon: Brush, label: 'Brush', keys: 'M B' },
  { tool: 'erase', icon: Eraser, label: 'Eraser', keys: 'X' },
];

const COMBINES: readonly {
  readonly combine: MaskCombine;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly keys: string;
}[] = [
  { combine: 'add', icon: SquarePlus, label: 'Add', keys: 'M A' },
  { combine: 'subtract', icon: SquareMinus, label: 'Subtract', keys: 'M S' },
  { combine: 'intersect', icon: SquaresIntersect, label: 'Intersect', keys: 'M X' },
];

const LOOKS: Readonly<Record<MaskLook, string>> = {
  outline: 'Outline',
  tint: 'Colour',
  matte: 'Matte',
};

/** While a mask is worked on: what draws, how shapes join, their edge, how masks are seen. */
export function MaskBar() {
  const tool = useSession((state) => state.maskTool);
  const playing = useSession((state) => state.playing);
  const target = useMaskTarget();
  if (target === null || playing || (tool === null && target.mask === null)) {
    return null;
  }
  return (
    <div className="mask-bar" role="toolbar" aria-label="Mask">
      <Tools editId={target.editId} active={tool?.shape ?? null} />
      {tool?.shape === 'brush' || tool?.shape === 'erase' ? <BrushPopover /> : null}
      <span className="mask-bar__gap" />
      <Combines target={target} />
      {target.mask === null ? null : (
        <>
          <span className="mask-bar__gap" />
          <EdgePopover mask={target.mask} />
          <Looks />
          <span className="mask-bar__gap" />
          <KeyframeTools target={target} />
        </>
      )}
    </div>
  );
}

function Tools({ editId, active }: { editId: string | null; active: MaskTool | null }) {
  const app = useApp();
  return TOOLS.map(({ tool, icon, label, keys }) => (
    <IconToggle
      key={tool}
      icon={icon}
      label={label}
      keys={keys}
      small
      isSelected={tool === active}
      onChange={(isOn) => {
        if (isOn) {
          startMask(app, tool, editId);
        } else {
          app.session.setState({ maskTool: null });
        }
      }}
    />
  ));
}

/** Of the shape that is worked on; while one is drawn, of the next. */
function Combines({ target }: { target: MaskTarget }) {
  const app = useApp();
  const isDrawing = useSession((state) => state.maskTool !== null);
  const next = useMasks((state) => state.combine);
  const selected = useMasks((state) => state.layer);
  const layer = target.mask === null ? null : activeLayer(target.mask, { layer: selected });
  if (layer === null) {
    return null;
  }
  const current = isDrawing ? next : layer.combine;
  return COMBINES.map(({ combine, icon, label, keys }) => (
    <IconToggle
      key={combine}
      icon={icon}
      label={isDrawing ? `${label}: the next shape` : `${label} this shape`}
      small
      isSelected={combine === current}
      keys={keys}
      onChange={() => {
        combineAs(app, combine);
      }}
    />
  ));
}

function Looks() {
  const app = useApp();
  const look = useMasks((state) => state.look);
  const onion = useMasks((state) => state.onion);
  return (
    <>
      <Button
        className="button button--small mask-bar__look"
        aria-label={`Mask seen as: ${LOOKS[look]}`}
        onPress={() => {
          nextLook(app);
        }}
      >
        {LOOKS[look]}
      </Button>
      <IconToggle
        icon={Layers}
        label="Outlines of neighbouring keyframes"
        keys="M N"
        small
        isSelected={onion}
        onChange={(isOn) => {
          app.masks.setState({ onion: isOn });
        }}
      />
    </>
  );
}
