import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from '../widgets/icon-button.tsx';
import { keepFocus } from '../widgets/keep-focus.ts';
import './dialogs.css';

type ModalBoxProps = {
  readonly title: string;
  readonly isOpen: boolean;
  readonly wide?: boolean;
  /** Asks for an answer: announced at once, has no close button. */
  readonly isAlert?: boolean;
  readonly children: ReactNode;
  onClose(): void;
};

export function ModalBox({
  title,
  isOpen,
  wide = false,
  isAlert = false,
  children,
  onClose,
}: ModalBoxProps) {
  return (
    <ModalOverlay
      className="overlay"
      isDismissable={!isAlert}
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) {
          onClose();
        }
      }}
    >
      <Modal className={wide ? 'modal modal--wide' : 'modal'}>
        <Dialog ref={keepFocus} className="dialog" role={isAlert ? 'alertdialog' : 'dialog'}>
          <div className="dialog__head">
            <Heading slot="title" className="dialog__title">
              {title}
            </Heading>
            {isAlert ? null : <IconButton icon={X} label="Close" keys="Escape" onPress={onClose} />}
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
