import { Search } from 'lucide-react';
import { useState } from 'react';
import { Button, Input, SearchField } from 'react-aria-components';
import { useStore } from 'zustand';
import { keysOf, type KeyChanges } from '../../app/commands/key-bindings.ts';
import { keysInWords } from '../../app/commands/key-names.ts';
import { giveAllKeysBack, keyStore } from '../../app/commands/key-store.ts';
import { COMMAND_GROUPS, type Command } from '../../app/commands/table/command.ts';
import { COMMANDS } from '../../app/commands/table/table.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { IS_APPLE } from '../widgets/keycaps.tsx';
import { ModalBox } from './modal.tsx';
import { ShortcutRow } from './shortcut-row.tsx';
import './shortcuts.css';

/** Every key that works, and none that does not: made from the table that runs them. Each can be changed. */
export function ShortcutsDialog() {
  const app = useApp();
  const isOpen = useSession((state) => state.dialog === 'shortcuts');
  return (
    <ModalBox
      title="Keyboard shortcuts"
      isOpen={isOpen}
      wide
      onClose={() => {
        app.session.setState({ dialog: null });
      }}
    >
      <Sheet />
    </ModalBox>
  );
}

function Sheet() {
  const changes = useStore(keyStore, (state) => state.changes);
  const [query, setQuery] = useState('');
  const [recording, setRecording] = useState<string | null>(null);
  const found = COMMANDS.filter((command) => isAskedFor(command, changes, query));
  const changed = Object.keys(changes).length;
  return (
    <>
      <SearchField
        className="search"
        aria-label="Search shortcuts by name or key"
        value={query}
        onChange={setQuery}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog has the focus anyway: here it is of use
        autoFocus
      >
        <Icon of={Search} />
        <Input placeholder="Search by name or key" />
      </SearchField>
      <div className="shortcuts">
        <div className="shortcuts__columns">
          {COMMAND_GROUPS.map((group) => ({
            group,
            commands: found.filter((command) => command.group === group),
          }))
            .filter(({ commands }) => commands.length > 0)
            .map(({ group, commands }) => (
              <section key={group} className="shortcuts__group" aria-label={group}>
                <h3>{group}</h3>
                <ul>
                  {commands.map((command) => (
                    <ShortcutRow
                      key={command.id}
                      command={command}
                      isRecording={recording === command.id}
                      onRecord={(isOn) => {
                        setRecording(isOn ? command.id : null);
                      }}
                    />
                  ))}
                </ul>
              </section>
            ))}
          {found.length === 0 ? (
            <p className="dialog__text">Nothing is called that, and no key is written that way.</p>
          ) : null}
        </div>
      </div>
      <div className="shortcuts__foot">
        <p>
          {changed === 0
            ? 'Click a key to change it. Your keys are kept in this browser.'
            : `${changed} ${changed === 1 ? 'command has' : 'commands have'} keys of your own, kept in this browser.`}
        </p>
        <Button
          className="button button--small"
          isDisabled={changed === 0}
          onPress={giveAllKeysBack}
        >
          Reset all
        </Button>
      </div>
    </>
  );
}

/** By a part of its name or group, or of its keys as they are written: "ctrl z", "arrow". */
function isAskedFor(command: Command, changes: KeyChanges, query: string): boolean {
  const words = query
    .toLowerCase()
    .split(/[\s+]+/)
    .filter((word) => word !== '');
  const keys = keysOf(command, changes);
  const text = [
    command.title,
    command.group,
    ...keys,
    ...keys.map((one) => keysInWords(one, IS_APPLE)),
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
