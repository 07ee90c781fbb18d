import { Button } from 'react-aria-components';
import { acceptReplacement } from '../../app/commands/clip-commands.ts';
import { useApp, useSession } from '../context.ts';
import { ModalBox } from './modal.tsx';

/** Asked before changes that could not be saved would go. */
export function ReplaceDialog() {
  const app = useApp();
  const replacement = useSession((state) => state.replacement);
  const keep = (): void => {
    app.session.setState({ replacement: null });
  };
  const file = replacement?.file ?? null;
  return (
    <ModalBox
      title={file === null ? 'Close this clip?' : 'Open another clip?'}
      isOpen={replacement !== null}
      isAlert
      onClose={keep}
    >
      <p className="dialog__text">
        {file === null ? 'Closing the clip' : `Opening “${file.name}”`} loses what was changed last:
        the browser’s storage takes no more of it. Free some space or export first to keep it.
      </p>
      <div className="dialog__buttons">
        <Button className="button" onPress={keep}>
          Stay here
        </Button>
        <Button
          className="button button--primary"
          onPress={() => {
            acceptReplacement(app, file);
          }}
        >
          {file === null ? 'Close' : 'Open'}
        </Button>
      </div>
    </ModalBox>
  );
}
