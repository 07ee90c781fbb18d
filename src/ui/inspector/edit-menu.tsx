import {
  ArrowDown,
  ArrowUp,
  Copy,
  Ellipsis,
  Headphones,
  ScanEye,
  type LucideIcon,
} from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { previewEdit } from '../../app/commands/edit-commands.ts';
import { duplicateEdit, shiftInStack, toggleSolo } from '../../app/commands/stack-commands.ts';
import type { App } from '../../app/app.ts';
import type { Edit } from '../../project/document.ts';
import { useApp, useOfProject, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';

type Item = {
  readonly id: string;
  readonly name: string;
  readonly icon: LucideIcon;
  readonly keys: string;
  run(app: App, editId: string): void;
};

const ITEMS: readonly Item[] = [
  {
    id: 'preview',
    name: 'Preview this frame only',
    icon: ScanEye,
    keys: 'Shift+Enter',
    run: (app, editId) => void previewEdit(app, editId),
  },
  { id: 'solo', name: 'Solo', icon: Headphones, keys: 'Alt+S', run: toggleSolo },
  { id: 'duplicate', name: 'Duplicate', icon: Copy, keys: 'Ctrl+D', run: duplicateEdit },
  {
    id: 'earlier',
    name: 'Apply earlier',
    icon: ArrowUp,
    keys: 'Alt+ArrowUp',
    run: (app, editId) => {
      shiftInStack(app, editId, -1);
    },
  },
  {
    id: 'later',
    name: 'Apply later',
    icon: ArrowDown,
    keys: 'Alt+ArrowDown',
    run: (app, editId) => {
      shiftInStack(app, editId, 1);
    },
  },
];

/** What else can be done with an edit. */
export function EditMenu({ edit }: { edit: Edit }) {
  const app = useApp();
  const isSolo = useSession((state) => state.soloEdit === edit.id);
  const isFirst = useOfProject(({ edits }) => edits[0]?.id === edit.id);
  const isLast = useOfProject(({ edits }) => edits.at(-1)?.id === edit.id);
  const blocked = [...(isFirst ? ['earlier'] : []), ...(isLast ? ['later'] : [])];
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label="More for this edit">
        <Icon of={Ellipsis} />
      </Button>
      <Popover className="menu-popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label="More for this edit"
          disabledKeys={blocked}
          onAction={(key) => {
            ITEMS.find(({ id }) => id === key)?.run(app, edit.id);
          }}
        >
          {ITEMS.map(({ id, name, icon, keys }) => (
            <MenuItem
              key={id}
              id={id}
              className="menu-item"
              textValue={id === 'solo' && isSolo ? 'End solo' : name}
            >
              <Icon of={icon} /> {id === 'solo' && isSolo ? 'End solo' : name}{' '}
              <Keycaps keys={keys} />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
