import { useDeferredValue } from 'react';
import { findClip } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { useProject, useSession } from '../context.ts';
import { ClipPanel } from './clip-panel.tsx';
import { EditPanel } from './edit-panel.tsx';
import './inspector.css';
import './rows.css';

/** Only what the selection has: an edit's properties, else the clip's facts. */
export function Inspector({ clip }: { clip: OpenClip }) {
  // What was clicked is marked first; its properties, dozens of controls, follow.
  const selected = useDeferredValue(useSession((state) => state.selectedEdit));
  const edits = useProject()?.edits ?? [];
  const index = edits.findIndex((edit) => edit.id === selected);
  const edit = edits[index];
  const own = useSession((state) => findClip(state.clips, edit?.clipId ?? '')) ?? clip;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and may hold nothing else to reach it by
    <aside className="inspector" aria-label="Inspector" tabIndex={0}>
      {edit === undefined ? (
        <ClipPanel clip={clip} />
      ) : (
        <EditPanel key={edit.id} clip={own} edit={edit} colour={index % 6} />
      )}
    </aside>
  );
}
