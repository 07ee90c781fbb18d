import { dispatch } from '../../app/commands/edit-commands.ts';
import { renameProject } from '../../project/commands.ts';
import { useApp, useOfProject, useSession } from '../context.ts';
import { NameField } from '../widgets/name-field.tsx';

/** The project's name; a click makes it a field. */
export function ProjectName() {
  const app = useApp();
  const name = useOfProject(({ name: named }) => named) ?? '';
  const isNaming = useSession((state) => state.isNaming);
  if (!isNaming) {
    return (
      <button
        type="button"
        className="project-name one-line"
        title={`${name}: click to rename`}
        onClick={() => {
          app.session.setState({ isNaming: true });
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
        app.session.setState({ isNaming: false });
        if (kept !== null) {
          dispatch(app, (project) => renameProject(project, { name: kept }));
        }
      }}
    />
  );
}
