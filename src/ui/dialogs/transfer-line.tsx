import { CircleAlert, CircleCheck } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { cancelTransfer } from '../../app/commands/project-file-commands.ts';
import { transferStore } from '../../app/state/transfer-store.ts';
import { byteSize } from '../../app/time.ts';
import { Icon } from '../widgets/icon.tsx';
import { Progress } from '../widgets/progress.tsx';

/** How far the export or import of a project is, or how it ended. */
export function TransferLine() {
  const state = useStore(transferStore, ({ transfer }) => transfer);
  switch (state.kind) {
    case 'idle':
      return null;
    case 'running': {
      const { what, name, progress, isStopping } = state;
      const doing = `${what === 'export' ? 'Writing' : 'Reading'} ${name}`;
      return (
        <div className="transfer">
          <span className="transfer__words" role="status">
            <span className="one-line">{isStopping ? 'Stopping' : doing}</span>
          </span>
          {progress === null ? null : (
            <span className="transfer__bytes">
              {byteSize(progress.done)} of {byteSize(progress.total)}
            </span>
          )}
          <Button className="button button--small" isDisabled={isStopping} onPress={cancelTransfer}>
            Cancel
          </Button>
          <Progress label={doing} done={progress?.done ?? 0} total={progress?.total ?? 0} />
        </div>
      );
    }
    case 'failed':
      return (
        <p className="dialog__message dialog__message--error" role="alert">
          <Icon of={CircleAlert} />
          <span>
            {state.error.message}
            <small className="code">{state.error.code}</small>
          </span>
        </p>
      );
    case 'done':
      return (
        <p className="dialog__message dialog__message--ok" role="status">
          <Icon of={CircleCheck} />
          <span>{state.sentence}</span>
        </p>
      );
  }
}
