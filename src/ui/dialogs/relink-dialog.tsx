import { CircleAlert, FileVideo } from 'lucide-react';
import { Button, FileTrigger } from 'react-aria-components';
import { useStore } from 'zustand';
import { VIDEO_FILES } from '../../app/commands/clip-commands.ts';
import { dropMissing, relink } from '../../app/commands/project-commands.ts';
import { byteSize } from '../../app/time.ts';
import { useApp } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { ModalBox } from './modal.tsx';

/** A project is to be opened, and its clip is not kept in this browser: asks for the file. */
export function RelinkDialog() {
  const app = useApp();
  const missing = useStore(app.projects, (state) => state.missing);
  if (missing === null) {
    return null;
  }
  const { clip, projectName, error } = missing;
  return (
    <ModalBox
      title={`The clip of “${projectName}” is missing`}
      isOpen
      onClose={() => {
        dropMissing(app);
      }}
    >
      <p className="dialog__text">
        <span className="dialog__file">{clip.name}</span> ({byteSize(clip.bytes)}) is not kept in
        this browser. Choose the file again; its edits and finished frames are all here. It may have
        another name by now.
      </p>
      {error === null ? null : (
        <p className="dialog__message dialog__message--error" role="alert">
          <Icon of={CircleAlert} />
          <span>
            {error.message}
            <small className="code">{error.code}</small>
          </span>
        </p>
      )}
      <div className="dialog__buttons">
        <FileTrigger
          acceptedFileTypes={VIDEO_FILES}
          onSelect={(files) => {
            const file = files?.[0];
            if (file !== undefined) {
              void relink(app, file);
            }
          }}
        >
          <Button className="button button--primary">
            <Icon of={FileVideo} /> Relink
          </Button>
        </FileTrigger>
      </div>
    </ModalBox>
  );
}
