import { useMemo } from 'react';
import { resultsOf } from '../../app/state/jobs-store.ts';
import type { View } from '../../protocol/preview.ts';
import { useJobs, useProject } from '../context.ts';

/** The picture with this edit and what lies below it, whatever else is switched on; null while there is none. */
export function useEditView(editId: string): { view: View | null; key: string } {
  const project = useProject();
  const pictures = useJobs((state) => state.pictures);
  const latest = useJobs((state) => state.latest);
  // As text it stays the same while frames only fill in, and names the strip's thumbnails.
  const text = useMemo(() => {
    const index = project?.edits.findIndex((edit) => edit.id === editId) ?? -1;
    const clipId = project?.edits[index]?.clipId;
    const clip = project?.clips.find(({ id }) => id === clipId)?.fingerprint;
    if (project === null || clip === undefined) {
      return '';
    }
    const edits = project.edits
      .slice(0, index + 1)
      .filter((edit) => edit.enabled || edit.id === editId)
      .map((edit) => (edit.enabled ? edit : { ...edit, enabled: true }));
    const part = { ...project, edits };
    const results = resultsOf({ jobs: [], pictures, latest }, project, part);
    return results.some((result) => result.editId === editId)
      ? JSON.stringify({ project: part, results, clip, frame: 0, split: 0 } satisfies View)
      : '';
  }, [project, pictures, latest, editId]);
  const view = useMemo(() => (text === '' ? null : (JSON.parse(text) as View)), [text]);
  return { view, key: `${editId} ${text}` };
}
