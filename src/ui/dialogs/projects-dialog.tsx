import { Check, CircleAlert, Copy, FileDown, FolderInput, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, FileTrigger } from 'react-aria-components';
import { useStore } from 'zustand';
import { ago } from '../../app/ago.ts';
import {
  deleteStored,
  duplicateStored,
  hideProjects,
  openProject,
  renameStored,
} from '../../app/commands/project-commands.ts';
import {
  forgetTransfer,
  importProject,
  offerExport,
  PROJECT_SUFFIX,
} from '../../app/commands/project-file-commands.ts';
import type { ProjectEntry } from '../../app/state/projects-store.ts';
import { byteSize } from '../../app/time.ts';
import { useApp, useProject } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { IconButton } from '../widgets/icon-button.tsx';
import { ExportProjectBox } from './export-project-box.tsx';
import { ModalBox } from './modal.tsx';
import { TransferLine } from './transfer-line.tsx';
import './models-dialog.css';
import './projects-dialog.css';
import { NameField } from '../widgets/name-field.tsx';

/** All projects of this browser: opened, renamed, duplicated and deleted here. */
export function ProjectsDialog() {
  const app = useApp();
  const { isOpen, entries, error } = useStore(app.projects);
  return (
    <ModalBox
      title="Projects"
      isOpen={isOpen}
      wide
      onClose={() => {
        hideProjects(app);
        forgetTransfer();
      }}
    >
      {entries !== null && entries.length === 0 ? (
        <p className="dialog__text">
          There are none yet. Open a clip: it becomes a project with its first edit, and is saved as
          you work. Or import one from a {PROJECT_SUFFIX} file.
        </p>
      ) : null}
      <ul className="models projects" aria-busy={entries === null && error === null}>
        {(entries ?? []).map((entry) => (
          <Row key={entry.id} entry={entry} />
        ))}
      </ul>
      {error === null ? null : (
        <p className="dialog__message dialog__message--error" role="alert">
          <Icon of={CircleAlert} />
          <span>
            {error.message}
            <small className="code">{error.code}</small>
          </span>
        </p>
      )}
      <TransferLine />
      <div className="dialog__buttons">
        <FileTrigger
          acceptedFileTypes={[PROJECT_SUFFIX]}
          onSelect={(files) => {
            const file = files?.[0];
            if (file !== undefined) {
              void importProject(app, file);
            }
          }}
        >
          <Button className="button">
            <Icon of={FolderInput} /> Import a project…
          </Button>
        </FileTrigger>
      </div>
      <ExportProjectBox />
    </ModalBox>
  );
}

function Row({ entry }: { entry: ProjectEntry }) {
  const app = useApp();
  const isHere = useProject()?.id === entry.id;
  const [typed, setTyped] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const { id, name, contents } = entry;
  return (
    <li className="model model--project" aria-current={isHere || undefined}>
      <span className="model__words">
        {typed === null ? (
          <strong className="one-line" title={name}>
            {name}
          </strong>
        ) : (
          <NameField
            className="projects__field"
            name={name}
            onDone={(kept) => {
              setTyped(null);
              if (kept !== null) {
                void renameStored(app, id, kept);
              }
            }}
          />
        )}
        <Facts entry={entry} isHere={isHere} />
      </span>
      {contents === null ? null : (
        <>
          <IconButton
            icon={Pencil}
            label={`Rename ${name}`}
            small
            onPress={() => {
              setTyped(name);
            }}
          />
          <IconButton
            icon={Copy}
            label={`Duplicate ${name}`}
            small
            onPress={() => void duplicateStored(app, id)}
          />
          <IconButton
            icon={FileDown}
            label={`Export ${name} as a file`}
            small
            onPress={() => void offerExport(app, id, name)}
          />
        </>
      )}
      <IconButton
        icon={Trash2}
        label={isHere ? `${name} is open: close it to delete it` : `Delete ${name}`}
        small
        isDisabled={isHere}
        onPress={() => {
          setAsking(true);
        }}
      />
      <OpenButton entry={entry} isHere={isHere} />
      <ModalBox
        title={`Delete “${name}”?`}
        isOpen={isAsking}
        isAlert
        onClose={() => {
          setAsking(false);
        }}
      >
        <p className="dialog__text">
          Its edits and finished frames go, and the copy of its clip, as far as no other project
          needs them. The file on your disk stays. This can’t be undone.
        </p>
        <div className="dialog__buttons">
          <Button
            className="button"
            onPress={() => {
              setAsking(false);
            }}
          >
            Keep
          </Button>
          <Button
            className="button button--danger"
            onPress={() => {
              setAsking(false);
              void deleteStored(app, id);
            }}
          >
            Delete
          </Button>
        </div>
      </ModalBox>
    </li>
  );
}

/** The open one has no button that would do nothing. */
function OpenButton({ entry, isHere }: { entry: ProjectEntry; isHere: boolean }) {
  const app = useApp();
  if (entry.contents === null) {
    return null;
  }
  return isHere ? (
    <span className="projects__here">
      <Icon of={Check} size={14} /> Open here
    </span>
  ) : (
    <Button
      className="button button--small"
      aria-label={`Open ${entry.name}`}
      onPress={() => void openProject(app, entry.id)}
    >
      Open
    </Button>
  );
}

function Facts({ entry, isHere }: { entry: ProjectEntry; isHere: boolean }) {
  const warnings = warningsOf(entry, isHere);
  return (
    <span className="one-line">
      {warnings.length === 0 ? null : (
        <span className="projects__warning">{warnings.join(' · ')} · </span>
      )}
      {factsOf(entry, isHere)}
    </span>
  );
}

function warningsOf({ contents, isDamaged, size }: ProjectEntry, isHere: boolean): string[] {
  // Of the open one every clip is at hand, kept or not.
  const isMissing = !isHere && size !== null && size.missingClips.length > 0;
  return [
    isDamaged && contents !== null ? 'a saved file is damaged' : null,
    isMissing ? 'clip missing: opening it asks for the file' : null,
  ].filter((warning) => warning !== null);
}

function factsOf({ contents, changedAt, isOpen, size }: ProjectEntry, isHere: boolean): string {
  const edits = contents?.edits ?? 0;
  return [
    contents === null
      ? 'nothing of it could be read'
      : `${edits} ${edits === 1 ? 'edit' : 'edits'}`,
    `changed ${ago(changedAt, Date.now())}`,
    size === null ? null : byteSize(size.bytes),
    isOpen && !isHere ? 'open in another tab' : null,
    // The longest and least needed: what is cut off where there is no room.
    contents?.clips[0]?.name,
  ]
    .filter((fact) => fact !== null && fact !== undefined)
    .join(' · ');
}
