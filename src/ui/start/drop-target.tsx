import { FileVideo } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../widgets/icon.tsx';
import { useApp, useSession } from '../context.ts';
import { dropFiles } from '../../app/commands/clip-commands.ts';
import { importFolder, openModels } from '../../app/commands/model-commands.ts';
import { importProject, isProjectFile } from '../../app/commands/project-file-commands.ts';
import { droppedFolder } from '../../app/picked-folder.ts';
import { modelsStore } from '../../app/state/models-store.ts';
import './start.css';

/** The whole page takes files, always; elsewhere the browser would leave the page for the file. */
export function DropTarget({ children }: { children: ReactNode }) {
  const app = useApp();
  const [isOver, setOver] = useState(false);
  const isForModels = useStore(modelsStore, (state) => state.isOpen);
  const isEditing = useSession((state) => state.clip !== null);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    let depth = 0;
    const carriesFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const on = (
      kind: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      run: (event: DragEvent) => void,
    ) => {
      window.addEventListener(
        kind,
        (event) => {
          if (carriesFile(event)) {
            event.preventDefault();
            run(event);
          }
        },
        { signal },
      );
    };
    on('dragenter', () => {
      depth += 1;
      setOver(true);
    });
    on('dragover', () => {});
    on('dragleave', () => {
      depth = Math.max(0, depth - 1);
      setOver(depth > 0);
    });
    on('drop', (event) => {
      depth = 0;
      setOver(false);
      const folder = droppedFolder(event.dataTransfer);
      if (folder !== null) {
        openModels(app);
        void importFolder(app, folder);
        return;
      }
      const files = [...(event.dataTransfer?.files ?? [])];
      const project = files.find(isProjectFile);
      if (project === undefined) {
        dropFiles(app, files);
      } else {
        void importProject(app, project);
      }
    });
    return () => {
      listening.abort();
    };
  }, [app]);
  return (
    <div className="page" data-dropping={isOver || undefined}>
      {children}
      {isOver ? (
        <div className="drop-veil" role="status">
          <div className="drop-veil__card">
            <Icon of={FileVideo} size={32} />
            {isForModels
              ? 'Drop a model’s folder to import it'
              : isEditing
                ? 'Drop to add it at the end'
                : 'Drop to open this clip'}
          </div>
        </div>
      ) : null}
    </div>
  );
}
