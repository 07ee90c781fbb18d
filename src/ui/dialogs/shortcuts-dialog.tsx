import { keysOf } from '../../app/commands/key-bindings.ts';
import { keyStore } from '../../app/commands/key-store.ts';
import { COMMAND_GROUPS } from '../../app/commands/table/command.ts';
import { COMMANDS } from '../../app/commands/table/table.ts';
import { useStore } from 'zustand';
import { useApp, useSession } from '../context.ts';
import { PlainKeycaps } from '../widgets/keycaps.tsx';
import { ModalBox } from './modal.tsx';

/** Every key that works, and none that does not: made from the table that runs them. */
export function ShortcutsDialog() {
  const app = useApp();
  const changes = useStore(keyStore, (state) => state.changes);
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
      <div className="shortcuts">
        {COMMAND_GROUPS.map((group) => (
          <section key={group} className="shortcuts__group">
            <h3>{group}</h3>
            <dl>
              {COMMANDS.filter((command) => command.group === group).map((command) => (
                <div key={command.id} className="shortcut">
                  <dt>{command.title}</dt>
                  <dd>
                    <Alternatives keys={keysOf(command, changes)} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </ModalBox>
  );
}

function Alternatives({ keys }: { keys: readonly string[] }) {
  return keys.map((one, index) => (
    <span key={one}>
      {index > 0 ? <span className="shortcut__or">or</span> : null}
      <PlainKeycaps keys={one} />
    </span>
  ));
}
