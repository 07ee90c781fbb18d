import { useId, useState } from 'react';
import { changeEdit } from '../../app/commands/edit-commands.ts';
import type { Edit } from '../../project/document.ts';
import { useApp } from '../context.ts';
import { Hint } from '../widgets/hint.tsx';

/** What the pictures should not show. Shown for packages that read it. */
export function NegativeField({ edit }: { edit: Edit }) {
  const app = useApp();
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    const negative = typed?.trim() ?? edit.negative;
    setTyped(null);
    if (negative !== edit.negative) {
      changeEdit(app, edit.id, { negative });
    }
  };
  return (
    <div className="value-row">
      <label className="negative">
        <span className="slider__label" data-changed={edit.negative !== '' || undefined}>
          Avoid
        </span>
        <input
          className="text-field"
          aria-label="What to avoid"
          aria-describedby={id}
          placeholder="blurry, text"
          value={typed ?? edit.negative}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              commit();
            } else if (event.key === 'Escape') {
              event.stopPropagation();
              setTyped(null);
            }
          }}
        />
      </label>
      <Hint id={id}>What guidance steers away from.</Hint>
    </div>
  );
}
