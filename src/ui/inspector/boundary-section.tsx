import { changeEdit } from '../../app/commands/edit-commands.ts';
import type { ModelInfo } from '../../app/model-info.ts';
import { changeMerge, stepsRun } from '../../app/setting-changes.ts';
import type { Edit, MergeSettings } from '../../project/document.ts';
import { useApp } from '../context.ts';
import { SelectRow, type Option } from '../widgets/select-row.tsx';
import { SliderRow } from '../widgets/slider-row.tsx';
import { Group } from './group.tsx';

type Ramp = NonNullable<MergeSettings['ramp']>;
type Source = NonNullable<MergeSettings['source']>;

const RAMPS: readonly Option<Ramp>[] = [
  { id: 'time', name: 'Over the steps', about: 'Inside the mask the edit grows step by step.' },
  { id: 'space', name: 'From the rim', about: 'The edit grows from the mask’s rim inwards.' },
  { id: 'none', name: 'At once', about: 'The edit is whole inside the mask from the first step.' },
];

const SOURCES: readonly Option<Source>[] = [
  { id: 'renoise', name: 'Noised', about: 'Outside the mask stands the source with fresh noise.' },
  {
    id: 'invert',
    name: 'Inverted',
    about: 'The source’s own noise, found by running the model backwards: closer, and slower.',
  },
];

/** Latent pixels: what the engine takes where nothing is said. */
const SPACE_RAMP = 4;

/** How a masked edit meets what is around it. Without a mask there is no boundary. */
export function BoundarySection({ edit, model }: { edit: Edit; model: ModelInfo | null }) {
  const app = useApp();
  const { settings } = edit;
  const standard = model?.reads.ramp ?? 'time';
  const { source = 'renoise', ramp = standard } = settings.merge ?? {};
  const cantInvert = model !== null && !model.reads.inverts;
  const sources = SOURCES.map((option) =>
    option.id === 'invert' && cantInvert
      ? { ...option, blocked: `${model.title} predicts the picture itself and can’t be inverted.` }
      : option,
  );
  return (
    <Group name="Boundary" summary={RAMPS.find(({ id }) => id === ramp)?.name ?? ramp}>
      <SelectRow
        label="Blend in"
        options={RAMPS}
        value={ramp}
        standard={standard}
        onCommit={(next) => {
          changeEdit(app, edit.id, {
            settings: changeMerge(settings, { ramp: next === standard ? undefined : next }),
          });
        }}
      />
      {ramp === 'none' ? null : <RampLength edit={edit} ramp={ramp} />}
      <SelectRow
        label="Outside"
        options={sources}
        value={source}
        standard="renoise"
        onCommit={(next) => {
          changeEdit(app, edit.id, {
            settings: changeMerge(settings, { source: next === 'renoise' ? undefined : next }),
          });
        }}
      />
    </Group>
  );
}

function RampLength({ edit, ramp }: { edit: Edit; ramp: 'time' | 'space' }) {
  const app = useApp();
  const { settings } = edit;
  const run = stepsRun(settings);
  const standard = ramp === 'time' ? run : SPACE_RAMP;
  return (
    <SliderRow
      label="Over"
      min={1}
      max={ramp === 'time' ? run : 16}
      step={1}
      value={Math.min(settings.merge?.rampLength ?? standard, ramp === 'time' ? run : 16)}
      standard={standard}
      hint={
        ramp === 'time'
          ? 'Steps until the edit is whole.'
          : 'Width of the rim; one latent pixel is eight of the model’s.'
      }
      format={(value) => (ramp === 'time' ? `${value} / ${run}` : `${value} px`)}
      onCommit={(value) => {
        changeEdit(app, edit.id, {
          settings: changeMerge(settings, { rampLength: value === standard ? undefined : value }),
        });
      }}
    />
  );
}
