import { Plus } from 'lucide-react';
import { dispatch } from '../../app/commands/edit-commands.ts';
import { maskWord } from '../../app/mask-shape.ts';
import type { Edit } from '../../project/document.ts';
import { changeEditMask } from '../../project/mask-commands.ts';
import { useApp } from '../context.ts';
import { MaskMenu } from '../prompt/mask-chip.tsx';
import { EdgeSettings } from '../viewer/masks/edge-settings.tsx';
import { maskIcon } from '../widgets/mask-icon.ts';

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
        <EdgeSettings
          mask={mask}
          onChange={(change) => {
            dispatch(app, (project) => changeEditMask(project, { editId: edit.id, change }));
          }}
        />
      )}
    </section>
  );
}
