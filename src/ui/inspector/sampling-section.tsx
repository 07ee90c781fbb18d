import { changeEdit } from '../../app/commands/edit-commands.ts';
import type { ModelInfo } from '../../app/model-info.ts';
import { percent } from '../../app/percent.ts';
import { changeGuidance, changeSteps } from '../../app/setting-changes.ts';
import type { Edit } from '../../project/document.ts';
import { GUIDANCE_LIMITS, SETTING_LIMITS } from '../../project/limits.ts';
import { useApp } from '../context.ts';
import { SliderRow } from '../widgets/slider-row.tsx';
import { Group } from './group.tsx';
import { NegativeField } from './negative-field.tsx';

/** Scales beyond it are possible in files; nothing but burnt pictures lies there. */
const MOST_SCALE = 20;

/** How the model makes the pictures. What the package does not read is not offered. */
export function SamplingSection({ edit, model }: { edit: Edit; model: ModelInfo | null }) {
  const app = useApp();
  const { settings } = edit;
  const { steps, size } = settings;
  return (
    <Group name="Sampling" summary={`${steps} ${steps === 1 ? 'step' : 'steps'}, ${size} px`}>
      <SliderRow
        label="Steps"
        min={SETTING_LIMITS.steps[0]}
        max={Math.max(12, steps, 2 * (model?.steps ?? 0))}
        step={1}
        value={steps}
        standard={model?.steps ?? steps}
        hint="More take longer and show finer work."
        format={String}
        onCommit={(value) => {
          changeEdit(app, edit.id, { settings: changeSteps(settings, value) });
        }}
      />
      <SliderRow
        label="Size"
        min={SETTING_LIMITS.size[0]}
        max={Math.max(512, size, 2 * (model?.defaultSize ?? 0))}
        step={32}
        value={size}
        standard={model?.defaultSize ?? size}
        hint="Pixels the model works on, each way."
        format={(value) => `${value} px`}
        onCommit={(value) => {
          changeEdit(app, edit.id, { settings: { size: value } });
        }}
      />
      {model === null ? null : <GuidanceRows edit={edit} model={model} />}
    </Group>
  );
}

function GuidanceRows({ edit, model }: { edit: Edit; model: ModelInfo }) {
  const app = useApp();
  const { settings } = edit;
  const { text, image, negative } = model.reads;
  const set = (change: Parameters<typeof changeGuidance>[1]): void => {
    changeEdit(app, edit.id, { settings: changeGuidance(settings, change) });
  };
  const orDefault = (value: number, standard: number): number | undefined =>
    value === standard ? undefined : value;
  return (
    <>
      {text === null ? null : (
        <SliderRow
          label="Text"
          min={GUIDANCE_LIMITS.text[0]}
          max={Math.max(MOST_SCALE, text)}
          step={0.1}
          value={settings.guidance?.text ?? text}
          standard={text}
          hint="Guidance: how closely it follows the prompt."
          format={(value) => `× ${value.toFixed(1)}`}
          onCommit={(value) => {
            set({ text: orDefault(value, text) });
          }}
        />
      )}
      {image === null ? null : (
        <SliderRow
          label="Source"
          min={GUIDANCE_LIMITS.image[0]}
          max={Math.max(5, image)}
          step={0.1}
          value={settings.guidance?.image ?? image}
          standard={image}
          hint="Guidance: how closely it keeps the source."
          format={(value) => `× ${value.toFixed(1)}`}
          onCommit={(value) => {
            set({ image: orDefault(value, image) });
          }}
        />
      )}
      {text === null ? null : (
        <SliderRow
          label="Rescale"
          min={GUIDANCE_LIMITS.rescale[0]}
          max={GUIDANCE_LIMITS.rescale[1]}
          step={0.05}
          value={settings.guidance?.rescale ?? 0}
          standard={0}
          hint="Takes back the contrast of strong guidance."
          {...percent()}
          onCommit={(value) => {
            set({ rescale: orDefault(value, 0) });
          }}
        />
      )}
      {negative ? <NegativeField edit={edit} /> : null}
    </>
  );
}
