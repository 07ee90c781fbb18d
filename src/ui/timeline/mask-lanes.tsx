import { SquareMinus, SquarePlus, SquaresIntersect, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { barParts } from '../../app/bar-parts.ts';
import { applyMaskChange, selectLayer } from '../../app/commands/mask-commands.ts';
import { activeLayer } from '../../app/mask-target.ts';
import type { Edit, MaskLayer } from '../../project/document.ts';
import { useApp, useOfProject, useSession } from '../context.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { SHAPE_ICONS } from '../widgets/mask-icon.ts';
import type { LaneWindow } from './lane-window.ts';
import { MaskKeys } from './mask-keys.tsx';
import './mask-lanes.css';

const COMBINE_ICONS = { add: SquarePlus, subtract: SquareMinus, intersect: SquaresIntersect };

/** Under the selected edit: a lane per shape of its mask, with its keyframes. */
export function MaskLanes({ lane, edit }: { lane: LaneWindow; edit: Edit }) {
  const isSelected = useSession((state) => state.selectedEdit === edit.id);
  const selected = useStore(useApp().masks, (state) => state.layer);
  const { mask } = edit;
  if (!isSelected || mask === null) {
    return null;
  }
  const active = activeLayer(mask, { layer: selected });
  return mask.layers.map((layer, index) => (
    <MaskLane
      key={layer.id}
      lane={lane}
      edit={edit}
      layer={layer}
      index={index}
      isActive={layer === active}
    />
  ));
}

type MaskLaneProps = {
  readonly lane: LaneWindow;
  readonly edit: Edit;
  readonly layer: MaskLayer;
  readonly index: number;
  readonly isActive: boolean;
};

function MaskLane({ lane, edit, layer, index, isActive }: MaskLaneProps) {
  const app = useApp();
  const name = `${layer.shape} ${index + 1}`;
  return (
    <div className="lane lane--mask" data-active={isActive || undefined}>
      <div className="lane__label">
        <button
          type="button"
          className="mask-lane__name"
          aria-pressed={isActive}
          aria-label={`Mask shape ${name}, ${layer.combine}`}
          title="Arrow keys change the order"
          onClick={() => {
            if (edit.mask !== null) {
              selectLayer(app, edit.mask, layer.id);
            }
          }}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
            if (by !== null) {
              event.preventDefault();
              event.stopPropagation();
              applyMaskChange(app, { kind: 'move-layer', layerId: layer.id, to: index + by });
            }
          }}
        >
          <Icon of={COMBINE_ICONS[layer.combine]} size={12} />
          <Icon of={SHAPE_ICONS[layer.shape]} size={12} />
          <span className="one-line">{name}</span>
        </button>
        <IconButton
          icon={Trash2}
          label={`Remove ${name} from the mask`}
          small
          onPress={() => {
            applyMaskChange(app, { kind: 'remove-layer', layerId: layer.id });
          }}
        />
      </div>
      <div className="lane__body">
        <Parts lane={lane} edit={edit} layer={layer} />
      </div>
    </div>
  );
}

/** Keyframes lie in clip time, in and out of the edit's span: they are seen wherever the cut shows the clip. */
function Parts({ lane, edit, layer }: Pick<MaskLaneProps, 'lane' | 'edit' | 'layer'>) {
  const pieces = useOfProject((project) => project.pieces);
  const clips = useSession((state) => state.clips);
  const clip = clips.find(({ id }) => id === edit.clipId) ?? lane.clip;
  const { scale, from, to } = lane;
  const parts = useMemo(() => {
    const { duration } = clip.info;
    const whole = { from: 0, to: duration };
    return pieces === null
      ? []
      : barParts({ scale, from, to }, pieces, { id: clip.id, duration }, whole);
  }, [scale, from, to, pieces, clip]);
  return parts
    .filter(({ left, width }) => left + width >= from && left <= to)
    .map((part) => (
      <MaskKeys key={part.pieceId} clip={clip} edit={edit} layer={layer} part={part} />
    ));
}
