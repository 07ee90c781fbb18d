import { VIEWER_ID } from '../../app/element-ids.ts';
import { useOfProject, useSession } from '../context.ts';
import { ExportDialog } from '../dialogs/export-dialog.tsx';
import { ReplaceDialog } from '../dialogs/replace-dialog.tsx';
import { Inspector } from '../inspector/inspector.tsx';
import { PromptBar } from '../prompt/prompt-bar.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { OpeningVeil } from '../viewer/opening-veil.tsx';
import { Transport } from '../viewer/transport.tsx';
import { Viewer } from '../viewer/viewer.tsx';
import './editor.css';

/** The editor: viewer, prompt, inspector, timeline. Needs an open clip. */
export function Editor() {
  const clip = useSession((state) => state.clip);
  const name = useOfProject((project) => project.name);
  if (clip === null) {
    return null;
  }
  return (
    <main className="editor" aria-label="Editor">
      <h1 className="visually-hidden">{name}</h1>
      <section id={VIEWER_ID} tabIndex={-1} className="editor__centre" aria-label="Viewer">
        <Viewer clip={clip} />
        <Transport />
        <PromptBar clip={clip} />
      </section>
      <Inspector clip={clip} />
      <Timeline clip={clip} />
      <OpeningVeil />
      <ExportDialog clip={clip} />
      <ReplaceDialog />
    </main>
  );
}
