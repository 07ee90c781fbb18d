import type { Edit } from '../project/document.ts';
import type { App } from './app.ts';

/** The selected edit, if it is still in the project: undo may have taken it away. */
export function selectedEdit(app: App): Edit | null {
  const { selectedEdit: id } = app.session.getState();
  return app.project.current?.edits.find((edit) => edit.id === id) ?? null;
}
