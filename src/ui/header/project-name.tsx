import { useState } from 'react';
import { dispatch } from '../../app/commands/edit-commands.ts';
import { renameProject } from '../../project/commands.ts';
import { useApp, useProject } from '../context.ts';
import { NameField } from '../widgets/name-field.tsx';

/** The project's name; a click makes it a field. */
export function ProjectName() {
  const app = useApp();
  const name = useProject()?.name ?? '';
  const [isTyped, setTyped] = useState(false);
  if (!isTyped) {
    return (
      <button
        type="button"
        className="project-name one-line"
        title={`${name}: click to rename`}
        onClick={() => {
          setTyped(true);
        }}
      >
        {name}
      </button>
    );
  }
  return (
    <NameField
      name={name}
      className="project-name project-name--field"
      onDone={(kept) => {
        setTyped(false);
        if (kept !== null) {
          dispatch(app, (project) => renameProject(project, { name: kept }));
        }
      }}
    />
  );
}
