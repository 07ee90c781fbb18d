import { History } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { HistoryList } from './history-list.tsx';
import './history.css';
import { keepFocus } from '../widgets/keep-focus.ts';

/** Opens the list of all steps; a click goes to one. */
export function HistoryBadge() {
  const app = useApp();
  const isOpen = useSession((state) => state.panel === 'history');
  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(opened) => {
        app.session.setState({ panel: opened ? 'history' : null });
      }}
    >
      <Button className="icon-button" aria-label="Steps so far">
        <Icon of={History} />
      </Button>
      <Popover className="popover popover--history" placement="bottom start">
        <Dialog ref={keepFocus} aria-label="History">
          <HistoryList />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
