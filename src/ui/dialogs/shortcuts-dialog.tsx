import { BINDINGS, type Binding } from '../../app/commands/keymap.ts';
import { useApp, useSession } from '../context.ts';
import { Keycaps } from '../widgets/keycaps.tsx';
import { ModalBox } from './modal.tsx';

const GROUPS: readonly Binding['group'][] = ['Edit', 'Play', 'Timeline', 'Page'];

/** Every key that works, and none that does not: made from the table that runs them. */
export function ShortcutsDialog() {
  const app = useApp();
  const isOpen = useSession((state) => state.shortcutsOpen);
  return (
    <ModalBox
      title="Keyboard shortcuts"
      isOpen={isOpen}
      wide
      onClose={() => {
        app.session.setState({ shortcutsOpen: false });
      }}
    >
      <div className="shortcuts">
        {GROUPS.map((group) => (
          <section key={group} className="shortcuts__group">
            <h3>{group}</h3>
            <dl>
              {BINDINGS.filter((binding) => binding.group === group).map((binding) => (
                <div key={binding.id} className="shortcut">
                  <dt>{binding.label}</dt>
                  <dd>
                    <Alternatives keys={binding.keys} />
                  </dd>
                </div>
              ))}
              {group === 'Page' ? (
                <div className="shortcut">
                  <dt>Source only, while held</dt>
                  <dd>
                    <Keycaps keys="\" />
                  </dd>
                </div>
              ) : null}
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
      <Keycaps keys={one} />
    </span>
  ));
}
