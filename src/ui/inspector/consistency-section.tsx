import { changeEdit } from '../../app/commands/edit-commands.ts';
import { changeAnchors, stepsRun } from '../../app/setting-changes.ts';
import { hasMovableAnchors } from '../../project/anchors.ts';
import type { AttentionMode, Edit } from '../../project/document.ts';
import { SETTING_LIMITS } from '../../project/limits.ts';
import { useApp } from '../context.ts';
import { CheckRow } from '../widgets/check-row.tsx';
import { SelectRow, type Option } from '../widgets/select-row.tsx';
import { SliderRow } from '../widgets/slider-row.tsx';
import { Group } from './group.tsx';

const MODES: readonly Option<AttentionMode>[] = [
  {
    id: 'swap',
    name: 'Anchors',
    about: 'Every frame reads the anchors alone: the steadiest.',
  },
  {
    id: 'own+anchors',
    name: 'Anchors and itself',
    about: 'Keeps more of each frame’s own detail, a little less steady.',
  },
  { id: 'first', name: 'First frame', about: 'Every frame reads the first one of the span.' },
  {
    id: 'previous+first',
    name: 'Previous and first',
    about: 'Follows motion closely; frames run one by one, and small faults add up.',
  },
  {
    id: 'independent',
    name: 'Nothing shared',
    about: 'Each frame on its own: flickers, and shows what the others are good for.',
  },
];

/** What keeps the frames alike. */
export function ConsistencySection({ edit }: { edit: Edit }) {
  const app = useApp();
  const { settings } = edit;
  const { mode, anchors, anchorTimes, scenes = false } = settings;
  const mayMove = hasMovableAnchors(settings);
  const count = anchorTimes?.length ?? anchors;
  const name = MODES.find(({ id }) => id === mode)?.name ?? mode;
  return (
    <Group name="Consistency" summary={mayMove ? `${count} anchors` : name}>
      <SelectRow
        label="Reads"
        options={MODES}
        value={mode}
        standard="swap"
        onCommit={(next) => {
          changeEdit(app, edit.id, { settings: { mode: next } });
        }}
      />
      {mayMove ? (
        <SliderRow
          label="Anchors"
          min={SETTING_LIMITS.anchors[0]}
          max={SETTING_LIMITS.anchors[1]}
          step={1}
          value={count}
          standard={4}
          hint={
            anchorTimes === undefined
              ? 'Frames all others read. Drag their pins.'
              : 'Placed by hand. Double click a pin: even.'
          }
          format={(value) => `${value}`}
          onCommit={(value) => {
            changeEdit(app, edit.id, { settings: changeAnchors(value) });
          }}
        />
      ) : null}
      {mode === 'independent' || mode === 'previous+first' ? null : <FirstSteps edit={edit} />}
      <CheckRow
        label="Anchors for each scene"
        hint="Looks for cuts: no scene reads another."
        isSelected={scenes}
        onChange={(isSelected) => {
          changeEdit(app, edit.id, { settings: { scenes: isSelected ? true : undefined } });
        }}
      />
    </Group>
  );
}

function FirstSteps({ edit }: { edit: Edit }) {
  const app = useApp();
  const run = stepsRun(edit.settings);
  const value = Math.min(run, edit.settings.swapSteps ?? run);
  return (
    <SliderRow
      label="First steps"
      min={1}
      max={run}
      step={1}
      value={value}
      standard={run}
      hint="Steps that read them; then each its own."
      format={(shown) => `${shown} / ${run}`}
      onCommit={(steps) => {
        changeEdit(app, edit.id, { settings: { swapSteps: steps === run ? undefined : steps } });
      }}
    />
  );
}
