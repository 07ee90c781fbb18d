import { Plus } from 'lucide-react';
import { Checkbox } from 'react-aria-components';
import { changeEdit } from '../../app/commands/edit-commands.ts';
import { maskWord } from '../../app/mask-shape.ts';
import type { Edit } from '../../project/document.ts';
import { useApp } from '../context.ts';
import { MaskMenu } from '../prompt/mask-chip.tsx';
import { maskIcon } from '../widgets/mask-icon.ts';
import { SliderRow } from '../widgets/slider-row.tsx';

/** Where the edit applies: its mask, or the whole frame. */
export function WhereSection({ edit }: { edit: Edit }) {
  const app = useApp();
  const { mask } = edit;
  return (
    <section className="panel">
      <div className="panel__row">
        <h3 className="panel__title">Where</h3>
        <MaskMenu
          editId={edit.id}
          hasMask={mask !== null}
          className={mask === null ? 'chip' : 'chip chip--mask'}
          label={mask === null ? 'Add mask' : `Mask: ${maskWord(mask)}`}
          text={mask === null ? 'Add mask' : maskWord(mask)}
          icon={mask === null ? Plus : maskIcon(mask)}
        />
      </div>
      {mask === null ? (
        <p className="panel__empty">The whole frame.</p>
      ) : (
        <>
          <SliderRow
            label="Feather"
            min={0}
            max={0.5}
            step={0.01}
            value={mask.feather}
            standard={0.06}
            format={(value) => `${Math.round(value * 100)} %`}
            onCommit={(feather) => {
              changeEdit(app, edit.id, { mask: { ...mask, feather } });
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
              changeEdit(app, edit.id, { mask: { ...mask, grow } });
            }}
          />
          <Checkbox
            className="checkbox"
            isSelected={mask.invert}
            onChange={(invert) => {
              changeEdit(app, edit.id, { mask: { ...mask, invert } });
            }}
          >
            <span className="checkbox__box" aria-hidden="true" />
            Outside the shape instead
          </Checkbox>
        </>
      )}
    </section>
  );
}
