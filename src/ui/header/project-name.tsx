import { useState } from 'react';
import { dispatch } from '../../app/commands/edit-commands.ts';
import { renameProject } from '../../project/commands.ts';
import { useApp, useProject } from '../context.ts';

/** The project's name; a click makes it a field. */
export function ProjectName() {
  const app = useApp();
  const name = useProject()?.name ?? '';
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) {
    return (
      <button
        type="button"
        className="project-name one-line"
        title={`${name}: click to rename`}
        onClick={() => {
          setTyped(name);
        }}
      >
        {name}
      </button>
    );
  }
  const finish = (isKept: boolean): void => {
    setTyped(null);
    if (isKept) {
      dispatch(app, (project) => renameProject(project, { name: typed }));
    }
  };
  return (
    <input
      className="project-name project-name--field"
      aria-label="Project name"
      value={typed}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- the person just asked for this field
      autoFocus
      onFocus={(event) => {
        event.target.select();
      }}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onBlur={() => {
        finish(true);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') {
          finish(event.key === 'Enter');
        }
      }}
    />
  );
}
