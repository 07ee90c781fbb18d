import { Dices } from 'lucide-react';
import { changeEdit } from '../../app/commands/edit-commands.ts';
import { newSeed, type OpenClip } from '../../app/state/session-store.ts';
import type { Edit } from '../../project/document.ts';
import { SETTING_LIMITS } from '../../project/limits.ts';
import { useApp } from '../context.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { NumberInput } from '../widgets/number-input.tsx';
import { SliderRow } from '../widgets/slider-row.tsx';
import { AmountRow } from './amount-row.tsx';

/** The three controls that everybody needs: how much, how far, and another try. */
export function ChangeSection({ clip, edit }: { clip: OpenClip; edit: Edit }) {
  return (
    <section className="panel">
      <h3 className="panel__title">Change</h3>
      <AmountRow clip={clip} edit={edit} />
      <StrengthRow edit={edit} />
      <SeedRow edit={edit} />
    </section>
  );
}

function StrengthRow({ edit }: { edit: Edit }) {
  const app = useApp();
  const { steps, strength } = edit.settings;
  return (
    <SliderRow
      label="Strength"
      min={1}
      max={steps}
      step={1}
      value={Math.max(1, Math.round(strength * steps))}
      standard={steps}
      hint="How far from the source: steps run, of all."
      format={(value) => `${value} / ${steps}`}
      onCommit={(value) => {
        changeEdit(app, edit.id, { settings: { strength: value / steps } });
      }}
    />
  );
}

function SeedRow({ edit }: { edit: Edit }) {
  const app = useApp();
  const set = (seed: number): void => {
    changeEdit(app, edit.id, { settings: { seed } });
  };
  return (
    <div className="value-row">
      <div className="seed">
        <NumberInput
          label="Seed"
          value={edit.settings.seed}
          min={SETTING_LIMITS.seed[0]}
          max={SETTING_LIMITS.seed[1]}
          digits={0}
          onCommit={(value) => {
            set(Math.round(value));
          }}
        />
        <IconButton
          icon={Dices}
          label="Another seed"
          small
          onPress={() => {
            set(newSeed());
          }}
        />
      </div>
      <p className="hint">Another number is another try.</p>
    </div>
  );
}
