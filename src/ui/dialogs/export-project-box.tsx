import { Check } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button, Checkbox } from 'react-aria-components';
import { useStore } from 'zustand';
import { dropOffer, exportProject } from '../../app/commands/project-file-commands.ts';
import { canChooseTarget } from '../../app/export.ts';
import { transferStore, type ExportOffer } from '../../app/state/transfer-store.ts';
import { byteSize } from '../../app/time.ts';
import { useApp } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { ModalBox } from './modal.tsx';

/** What the file of a project is to hold. */
export function ExportProjectBox() {
  const offer = useStore(transferStore, (state) => state.offer);
  return (
    <ModalBox
      title={offer === null ? '' : `Export “${offer.name}” as a file`}
      isOpen={offer !== null}
      onClose={dropOffer}
    >
      {offer === null ? null : <Offer key={offer.projectId} offer={offer} />}
    </ModalBox>
  );
}

function Offer({ offer: { projectId, sizes } }: { offer: ExportOffer }) {
  const app = useApp();
  const [pictures, setPictures] = useState(true);
  const [clips, setClips] = useState(true);
  const missing = sizes?.missingClips.length ?? 0;
  return (
    <>
      <p className="dialog__text">
        One file with all edits, masks and settings, to keep or to open on another machine.
      </p>
      <div className="parts">
        <Part isSelected={pictures} onChange={setPictures} title="Finished pictures">
          {sizes === null ? 'measuring' : byteSize(sizes.pictures)}. Without them edits are run
          again.
        </Part>
        <Part isSelected={clips} onChange={setClips} title="Source clips">
          {sizes === null ? 'measuring' : byteSize(sizes.clips)}
          {missing === 0 ? '' : `, ${missing} not kept here and left out`}. Without them opening
          asks for the files.
        </Part>
      </div>
      <div className="dialog__buttons">
        <Button
          className="button button--primary"
          isDisabled={sizes === null}
          onPress={() => void exportProject(app, projectId, { pictures, clips })}
        >
          {canChooseTarget() ? 'Choose where to save' : 'Export and download'}
        </Button>
      </div>
    </>
  );
}

type PartProps = {
  readonly title: string;
  readonly isSelected: boolean;
  readonly children: ReactNode;
  onChange(isSelected: boolean): void;
};

function Part({ title, isSelected, children, onChange }: PartProps) {
  return (
    <Checkbox className="part" isSelected={isSelected} onChange={onChange}>
      <span className="part__box" aria-hidden>
        {isSelected ? <Icon of={Check} size={12} /> : null}
      </span>
      <span>
        <strong>{title}</strong>
        <span className="part__text">{children}</span>
      </span>
    </Checkbox>
  );
}
