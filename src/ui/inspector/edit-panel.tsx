import { Dices, Eye, EyeOff, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Checkbox } from 'react-aria-components';
import { flushSync } from 'react-dom';
import type { Edit, EditSettings } from '../../project/document.ts';
import { SETTING_LIMITS } from '../../project/limits.ts';
import {
  changeEdit,
  changeSpan,
  removeEdit,
  runEdit,
  switchEdit,
} from '../../app/commands/edit-commands.ts';
import { newSeed, type OpenClip } from '../../app/state/session-store.ts';
import { maskWord } from '../../app/mask-shape.ts';
import { useApp } from '../context.ts';
import { MaskMenu } from '../prompt/mask-chip.tsx';
import { IconButton } from '../widgets/icon-button.tsx';
import { maskIcon } from '../widgets/mask-icon.ts';
import { NumberInput } from '../widgets/number-input.tsx';
import { SliderRow } from '../widgets/slider-row.tsx';
import { SpanFields } from '../widgets/span-fields.tsx';
import { JobCard } from './job-card.tsx';

type EditPanelProps = { readonly clip: OpenClip; readonly edit: Edit; readonly colour: number };

/** Everything about one edit: where it stands, its wish, how much, how it is made, when and where. */
export function EditPanel({ clip, edit, colour }: EditPanelProps) {
  const app = useApp();
  return (
    <div style={{ '--edit': `var(--edit-${colour})` }}>
      <section className="panel">
        <div className="panel__head">
          <span className="swatch" />
          <h2 className="panel__heading one-line" title={edit.prompt}>
            {edit.prompt}
          </h2>
          <IconButton
            icon={edit.enabled ? Eye : EyeOff}
            label={edit.enabled ? 'Hide this edit' : 'Show this edit'}
            onPress={() => {
              switchEdit(app, edit.id, !edit.enabled);
            }}
          />
          <IconButton
            icon={Trash2}
            label="Delete this edit"
            keys="Delete"
            onPress={() => {
              removeEdit(app, edit.id);
            }}
          />
        </div>
        <PromptField edit={edit} />
        <JobCard clip={clip} edit={edit} />
      </section>
      <ChangeSection edit={edit} />
      <SamplingSection edit={edit} />
      <section className="panel">
        <h3 className="panel__title">When</h3>
        <SpanFields
          clip={clip}
          span={edit.span}
          onChange={(span) => {
            changeSpan(app, edit.id, span);
          }}
        />
      </section>
      <WhereSection edit={edit} />
    </div>
  );
}

function PromptField({ edit }: { edit: Edit }) {
  const app = useApp();
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    const prompt = typed?.trim() ?? '';
    setTyped(null);
    if (prompt !== '' && prompt !== edit.prompt) {
      changeEdit(app, edit.id, { prompt });
    }
  };
  return (
    <textarea
      className="prompt-field"
      aria-label="Prompt of this edit"
      rows={2}
      value={typed ?? edit.prompt}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault();
          commit();
          void runEdit(app, edit.id);
        } else if (event.key === 'Escape') {
          // Drawn before the field is left, which would take over what was typed.
          flushSync(() => {
            setTyped(null);
          });
          event.currentTarget.blur();
        }
      }}
    />
  );
}

function ChangeSection({ edit }: { edit: Edit }) {
  const app = useApp();
  const { steps, strength } = edit.settings;
  const level = Math.max(1, Math.round(strength * steps));
  const amount = edit.amount[0]?.value ?? 1;
  return (
    <section className="panel">
      <h3 className="panel__title">Change</h3>
      <SliderRow
        label="Amount"
        min={0}
        max={1}
        step={0.01}
        value={amount}
        standard={1}
        format={(value) => value.toFixed(2)}
        onCommit={(value) => {
          changeEdit(app, edit.id, { amount: [{ time: edit.amount[0]?.time ?? 0, value }] });
        }}
      />
      <SliderRow
        label="Strength"
        min={1}
        max={steps}
        step={1}
        value={level}
        standard={steps}
        format={(value) => `${value} / ${steps}`}
        onCommit={(value) => {
          changeEdit(app, edit.id, { settings: { strength: value / steps } });
        }}
      />
    </section>
  );
}

function SamplingSection({ edit }: { edit: Edit }) {
  const app = useApp();
  const { steps, anchors, seed } = edit.settings;
  const set = (settings: Partial<EditSettings>): void => {
    changeEdit(app, edit.id, { settings });
  };
  return (
    <section className="panel">
      <h3 className="panel__title">Sampling</h3>
      <SliderRow
        label="Steps"
        min={1}
        max={12}
        step={1}
        value={steps}
        standard={4}
        format={String}
        onCommit={(value) => {
          set({ steps: value });
        }}
      />
      <SliderRow
        label="Anchors"
        min={SETTING_LIMITS.anchors[0]}
        max={SETTING_LIMITS.anchors[1]}
        step={1}
        value={anchors}
        standard={4}
        format={String}
        onCommit={(value) => {
          set({ anchors: value });
        }}
      />
      <div className="seed">
        <NumberInput
          label="Seed"
          value={seed}
          min={0}
          max={2 ** 31 - 1}
          digits={0}
          onCommit={(value) => {
            set({ seed: Math.round(value) });
          }}
        />
        <IconButton
          icon={Dices}
          label="Another seed"
          small
          onPress={() => {
            set({ seed: newSeed() });
          }}
        />
      </div>
    </section>
  );
}

function WhereSection({ edit }: { edit: Edit }) {
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
