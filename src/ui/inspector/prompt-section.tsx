import { useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { flushSync } from 'react-dom';
import { changeEdit, previewEdit } from '../../app/commands/edit-commands.ts';
import { runEdit } from '../../app/commands/job-commands.ts';
import type { Edit, PromptKind } from '../../project/document.ts';
import { useApp } from '../context.ts';

/** What should change: the words, and whether they say the change or describe the result. */
export function PromptSection({ edit }: { edit: Edit }) {
  return (
    <>
      <PromptField edit={edit} />
      <KindToggle edit={edit} />
    </>
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
        if (event.key === 'Enter') {
          event.preventDefault();
          commit();
          void (event.shiftKey ? previewEdit(app, edit.id) : runEdit(app, edit.id));
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

const KINDS: readonly { readonly id: PromptKind; readonly name: string; readonly about: string }[] =
  [
    { id: 'delta', name: 'The change', about: 'The prompt says what should change.' },
    { id: 'caption', name: 'Full caption', about: 'The prompt describes the whole result.' },
  ];

function KindToggle({ edit }: { edit: Edit }) {
  const app = useApp();
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label="What the prompt is"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[edit.promptKind]}
      onSelectionChange={(keys) => {
        const [kind] = KINDS.filter(({ id }) => keys.has(id));
        if (kind !== undefined && kind.id !== edit.promptKind) {
          changeEdit(app, edit.id, { promptKind: kind.id });
        }
      }}
    >
      {KINDS.map(({ id, name, about }) => (
        <ToggleButton key={id} id={id} className="segments__item" aria-label={`${name}. ${about}`}>
          {name}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
