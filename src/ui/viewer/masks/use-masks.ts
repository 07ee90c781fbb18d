import { useMemo } from 'react';
import { useStore } from 'zustand';
import { maskTarget, type MaskTarget } from '../../../app/mask-target.ts';
import type { MaskState } from '../../../app/state/mask-store.ts';
import { useApp, useProject, useSession } from '../../context.ts';

export function useMasks<T>(select: (state: MaskState) => T): T {
  return useStore(useApp().masks, select);
}

/** The mask that is worked on, at the frame on screen. */
export function useMaskTarget(): MaskTarget | null {
  const project = useProject();
  const clip = useSession((state) => state.clip);
  const frame = useSession((state) => state.frame);
  const selectedEdit = useSession((state) => state.selectedEdit);
  const draft = useSession((state) => state.draft);
  return useMemo(
    () => maskTarget(project, { clip, frame, selectedEdit, draft }),
    [project, clip, frame, selectedEdit, draft],
  );
}
