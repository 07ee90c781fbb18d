import { Button } from 'react-aria-components';
import { acceptReplacement } from '../../app/commands/clip-commands.ts';
import { useApp, useProject, useSession } from '../context.ts';
import { ModalBox } from './modal.tsx';

/** Asked before edits that are not saved would go. */
export function ReplaceDialog() {
  const app = useApp();
  const replacement = useSession((state) => state.replacement);
  const count = useProject()?.edits.length ?? 0;
  const edits = count === 1 ? 'its edit' : `its ${count} edits`;
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
        {file === null ? 'Closing the clip' : `Opening “${file.name}”`} removes {edits} from this
        page. Projects aren’t saved yet, so export first if you want to keep the result.
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
