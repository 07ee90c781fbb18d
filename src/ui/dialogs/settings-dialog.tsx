import { CircleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { settingsStore } from '../../app/state/settings-store.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';
import { EngineSettings } from './engine-settings.tsx';
import { ModalBox } from './modal.tsx';
import { StorageSettings } from './storage-settings.tsx';
import './settings.css';

/** What belongs to this browser and machine, not to a project. */
export function SettingsDialog() {
  const app = useApp();
  const isOpen = useSession((state) => state.dialog === 'settings');
  const error = useStore(settingsStore, (state) => state.error);
  return (
    <ModalBox
      title="Settings"
      isOpen={isOpen}
      wide
      onClose={() => {
        app.session.setState({ dialog: null });
      }}
    >
      <div className="settings">
        <EngineSettings />
        <StorageSettings />
        <section className="settings__part" aria-labelledby="settings-hands">
          <h3 id="settings-hands">Keyboard and motion</h3>
          <div className="settings__line">
            <p>
              Every command has its key under <Keycaps keys="?" />, where it can be changed. Motion
              follows your system, which {prefersStill() ? 'asks for less' : 'has it on'}.
            </p>
            <Button
              className="button button--small"
              onPress={() => {
                app.session.setState({ dialog: 'shortcuts' });
              }}
            >
              Shortcuts…
            </Button>
          </div>
        </section>
        {error === null ? null : (
          <p className="dialog__message dialog__message--error" role="alert">
            <Icon of={CircleAlert} />
            <span>
              {error.message}
              <small className="code">{error.code}</small>
            </span>
          </p>
        )}
      </div>
    </ModalBox>
  );
}

function prefersStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
