import { Eye, EyeOff, Trash2 } from 'lucide-react';
import { changeSpan, removeEdit, switchEdit } from '../../app/commands/edit-commands.ts';
import { findClip } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import type { Edit } from '../../project/document.ts';
import { useApp, useSession } from '../context.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { SpanFields } from '../widgets/span-fields.tsx';
import { BoundarySection } from './boundary-section.tsx';
import { ChangeSection } from './change-section.tsx';
import { ConsistencySection } from './consistency-section.tsx';
import { EditMenu } from './edit-menu.tsx';
import { JobCard } from './job-card.tsx';
import { PromptSection } from './prompt-section.tsx';
import { SamplingSection } from './sampling-section.tsx';
import { useModelInfo } from './use-model-info.ts';
import { WhereSection } from './where-section.tsx';

type EditPanelProps = { readonly clip: OpenClip; readonly edit: Edit; readonly colour: number };

/** Everything about one edit: where it stands, its wish, how much, when, where, and how it is made. */
export function EditPanel({ clip: shown, edit, colour }: EditPanelProps) {
  const app = useApp();
  const clips = useSession((state) => state.clips);
  const clip = findClip(clips, edit.clipId) ?? shown;
  const model = useModelInfo(edit.settings.model);
  return (
    <div style={{ '--edit': `var(--edit-${colour})` }}>
      <section className="panel">
        <Head edit={edit} />
        <PromptSection edit={edit} />
        <JobCard clip={clip} edit={edit} />
      </section>
      <ChangeSection clip={clip} edit={edit} />
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
      <SamplingSection edit={edit} model={model} />
      <ConsistencySection edit={edit} />
      {edit.mask === null ? null : <BoundarySection edit={edit} model={model} />}
    </div>
  );
}

function Head({ edit }: { edit: Edit }) {
  const app = useApp();
  return (
    <div className="panel__head">
      <span className="swatch" />
      <h2 className="panel__heading one-line" title={edit.prompt}>
        {edit.prompt}
      </h2>
      <IconButton
        icon={edit.enabled ? Eye : EyeOff}
        label={edit.enabled ? 'Hide this edit' : 'Show this edit'}
        keys="H"
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
      <EditMenu edit={edit} />
    </div>
  );
}
