import { Checkbox } from 'react-aria-components';
import { percent } from '../../../app/percent.ts';
import type { MaskTrack } from '../../../project/document.ts';
import { NEW_MASK_FEATHER, type MaskChange } from '../../../project/mask-changes.ts';
import { SliderRow } from '../../widgets/slider-row.tsx';

type EdgeSettingsProps = {
  readonly mask: MaskTrack;
  /** Each is a step of undo. */
  onChange(change: MaskChange): void;
};

/** Feather, growth and inversion of a whole mask. */
export function EdgeSettings({ mask, onChange }: EdgeSettingsProps) {
  return (
    <>
      <SliderRow
        label="Feather"
        min={0}
        max={0.5}
        step={0.01}
        value={mask.feather}
        standard={NEW_MASK_FEATHER}
        {...percent()}
        onCommit={(feather) => {
          onChange({ kind: 'rim', feather });
        }}
      />
      <SliderRow
        label="Grow"
        min={-0.25}
        max={0.25}
        step={0.005}
        value={mask.grow}
        standard={0}
        {...percent(1, true)}
        onCommit={(grow) => {
          onChange({ kind: 'rim', grow });
        }}
      />
      <Checkbox
        className="checkbox"
        isSelected={mask.invert}
        onChange={(invert) => {
          onChange({ kind: 'rim', invert });
        }}
      >
        <span className="checkbox__box" aria-hidden="true" />
        Outside the shape instead
      </Checkbox>
    </>
  );
}
