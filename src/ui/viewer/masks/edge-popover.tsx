import { SlidersHorizontal } from 'lucide-react';
import { Button, Checkbox, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { applyMaskChange } from '../../../app/commands/mask-commands.ts';
import type { MaskTrack } from '../../../project/document.ts';
import { NEW_MASK_FEATHER } from '../../../project/mask-changes.ts';
import { useApp } from '../../context.ts';
import { Icon } from '../../widgets/icon.tsx';
import { SliderRow } from '../../widgets/slider-row.tsx';

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

/** Feather, growth and inversion of a whole mask. */
export function EdgeSettings({ mask }: { mask: MaskTrack }) {
  const app = useApp();
  return (
    <>
      <SliderRow
        label="Feather"
        min={0}
        max={0.5}
        step={0.01}
        value={mask.feather}
        standard={NEW_MASK_FEATHER}
        format={percent}
        onCommit={(feather) => {
          applyMaskChange(app, { kind: 'rim', feather });
        }}
      />
      <SliderRow
        label="Grow"
        min={-0.25}
        max={0.25}
        step={0.005}
        value={mask.grow}
        standard={0}
        format={(value) => `${value > 0 ? '+' : ''}${Math.round(value * 1000) / 10} %`}
        onCommit={(grow) => {
          applyMaskChange(app, { kind: 'rim', grow });
        }}
      />
      <Checkbox
        className="checkbox"
        isSelected={mask.invert}
        onChange={(invert) => {
          applyMaskChange(app, { kind: 'rim', invert });
        }}
      >
        <span className="checkbox__box" aria-hidden="true" />
        Outside the shape instead
      </Checkbox>
    </>
  );
}

export function EdgePopover({ mask }: { mask: MaskTrack }) {
  return (
    <DialogTrigger>
      <Button className="button button--small" aria-label="Edge of the mask">
        <Icon of={SlidersHorizontal} size={14} /> Edge
      </Button>
      <Popover className="menu-popover mask-popover" placement="bottom">
        <Dialog className="mask-popover__inside" aria-label="Edge of the mask">
          <EdgeSettings mask={mask} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
