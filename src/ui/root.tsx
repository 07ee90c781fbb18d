import { lazy, Suspense, useState, type ComponentType } from 'react';
import type { MissingFeature } from '../app/support.ts';
import { useStore } from 'zustand';
import { modelsStore } from '../app/state/models-store.ts';
import { useApp, useSession } from './context.ts';
import { DropTarget } from './start/drop-target.tsx';
import { StartScreen } from './start/start-screen.tsx';
import { Unsupported } from './start/unsupported.tsx';
import { Header } from './header/header.tsx';
import { Notices } from './widgets/notices.tsx';

// The editor is fetched while the person looks at the start screen; with it the palette, which is opened by a key, to type
// in at once.
const editorParts = Promise.all([
  import('./editor/editor.tsx'),
  import('./dialogs/command-palette.tsx'),
]);
let loadedPalette: ComponentType | null = null;
editorParts
  .then(([, { CommandPalette: loaded }]) => {
    loadedPalette = loaded;
  })
  // Whoever draws the editor is told.
  .catch(() => undefined);
const Editor = lazy(async () => ({ default: (await editorParts)[0].Editor }));
const LazyPalette = lazy(async () => ({ default: (await editorParts)[1].CommandPalette }));

/** What is loaded is drawn, and has the focus, before the next key comes; a lazy one would come a moment later. */
function CommandPalette() {
  const [Palette] = useState(() => loadedPalette ?? LazyPalette);
  return <Palette />;
}

const ShortcutsDialog = lazy(async () => ({
  default: (await import('./dialogs/shortcuts-dialog.tsx')).ShortcutsDialog,
}));

const SettingsDialog = lazy(async () => ({
  default: (await import('./dialogs/settings-dialog.tsx')).SettingsDialog,
}));

const ModelsDialog = lazy(async () => ({
  default: (await import('./dialogs/models-dialog.tsx')).ModelsDialog,
}));

const ProjectsDialog = lazy(async () => ({
  default: (await import('./dialogs/projects-dialog.tsx')).ProjectsDialog,
}));

const RelinkDialog = lazy(async () => ({
  default: (await import('./dialogs/relink-dialog.tsx')).RelinkDialog,
}));

export function Root({ missing }: { missing: readonly MissingFeature[] }) {
  const hasClip = useSession((state) => state.clip !== null);
  const phase = useSession((state) => state.phase);
  const dialog = useSession((state) => state.dialog);
  const { projects } = useApp();
  const showsProjects = useStore(projects, (state) => state.isOpen);
  const isClipMissing = useStore(projects, (state) => state.missing !== null);
  const showsModels = useStore(modelsStore, (state) => state.isOpen);
  if (missing.length > 0) {
    return <Unsupported missing={missing} />;
  }
  const showsEditor = hasClip && phase.kind !== 'start';
  return (
    <DropTarget>
      <Header />
      {showsEditor ? (
        <Suspense fallback={<main className="start" aria-busy="true" />}>
          <Editor />
        </Suspense>
      ) : (
        <StartScreen />
      )}
      <Notices />
      <Suspense>
        {dialog === 'shortcuts' ? <ShortcutsDialog /> : null}
        {dialog === 'palette' ? <CommandPalette /> : null}
        {dialog === 'settings' ? <SettingsDialog /> : null}
      </Suspense>
      {showsModels ? (
        <Suspense>
          <ModelsDialog />
        </Suspense>
      ) : null}
      {showsProjects ? (
        <Suspense>
          <ProjectsDialog />
        </Suspense>
      ) : null}
      {isClipMissing ? (
        <Suspense>
          <RelinkDialog />
        </Suspense>
      ) : null}
    </DropTarget>
  );
}
