import { useShallow } from 'zustand/react/shallow';
import { editStatus, type EditStatus } from '../app/edit-status.ts';
import type { FrameTimes } from '../app/time.ts';
import type { Edit } from '../project/document.ts';
import { useJobs, useProject } from './context.ts';

/** Where an edit stands. Draws anew when that changes, not whenever some other edit's job says something. */
export function useEditStatus(edit: Edit, times: FrameTimes): EditStatus | null {
  const project = useProject();
  return useJobs(
    useShallow((state) => (project === null ? null : editStatus(state, project, edit, times))),
  );
}
