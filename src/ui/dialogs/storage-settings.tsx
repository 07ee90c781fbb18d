import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { openModels } from '../../app/commands/model-commands.ts';
import { askToKeep, clearPictures, isEngineBusy } from '../../app/commands/settings-commands.ts';
import { settingsStore } from '../../app/state/settings-store.ts';
import { byteSize } from '../../app/time.ts';
import { useApp, useJobs } from '../context.ts';
import { ModalBox } from './modal.tsx';

/** What lies on the disk, and what of it can go. */
export function StorageSettings() {
  const app = useApp();
  const { use, quota, isClearing } = useStore(settingsStore);
  useJobs((state) => state.jobs);
  const [isAsking, setAsking] = useState(false);
  const isBusy = isEngineBusy(app);
  const total = use === null ? 0 : use.models + use.pictures + use.clips + use.projects;
  const size = (bytes: number | undefined): string =>
    bytes === undefined ? 'measuring' : byteSize(bytes);
  return (
    <section className="settings__part" aria-labelledby="settings-disk" aria-busy={use === null}>
      <h3 id="settings-disk">On this disk</h3>
      <table className="sizes">
        <tbody>
          <tr>
            <th scope="row">Models</th>
            <td>{size(use?.models)}</td>
            <td className="sizes__actions">
              <Button
                className="button button--small"
                onPress={() => {
                  app.session.setState({ dialog: null });
                  openModels(app);
                }}
              >
                Models…
              </Button>
            </td>
          </tr>
          <tr>
            <th scope="row">Finished pictures</th>
            <td>{size(use?.pictures)}</td>
            <td className="sizes__actions">
              <Button
                className="button button--small"
                isDisabled={isBusy || isClearing}
                onPress={() => void clearPictures(app, 'unused')}
              >
                Clear unused
              </Button>
              <Button
                className="button button--small"
                isDisabled={isBusy || isClearing || use?.pictures === 0}
                onPress={() => {
                  setAsking(true);
                }}
              >
                Clear all…
              </Button>
            </td>
          </tr>
          <tr>
            <th scope="row">Copies of clips</th>
            <td colSpan={2}>{size(use?.clips)}</td>
          </tr>
          <tr>
            <th scope="row">Projects</th>
            <td colSpan={2}>{size(use?.projects)}</td>
          </tr>
          <tr className="sizes__total">
            <th scope="row">Together</th>
            <td>{use === null ? 'measuring' : byteSize(total)}</td>
            <td>{quota === null ? null : `of ${byteSize(quota)} that the browser allows`}</td>
          </tr>
        </tbody>
      </table>
      {isBusy ? (
        <p className="settings__note" role="status">
          Pictures can be cleared when no job is running.
        </p>
      ) : null}
      <Persistence />
      <ModalBox
        title="Clear all finished pictures?"
        isOpen={isAsking}
        isAlert
        onClose={() => {
          setAsking(false);
        }}
      >
        <p className="dialog__text">
          Projects keep their edits, masks and settings. Every edit of every project has to be run
          again before it shows or exports. This can’t be undone.
        </p>
        <div className="dialog__buttons">
          <Button
            className="button"
            onPress={() => {
              setAsking(false);
            }}
          >
            Keep
          </Button>
          <Button
            className="button button--danger"
            onPress={() => {
              setAsking(false);
              void clearPictures(app, 'all');
            }}
          >
            Clear all
          </Button>
        </div>
      </ModalBox>
    </section>
  );
}

/** Whether the browser may clear all this when the disk runs low. */
function Persistence() {
  const isPersistent = useStore(settingsStore, (state) => state.isPersistent);
  if (isPersistent === null) {
    return null;
  }
  return isPersistent ? (
    <p className="settings__note">The browser keeps all this until you delete it.</p>
  ) : (
    <div className="settings__line">
      <p>The browser may clear all this when the disk runs low.</p>
      <Button className="button button--small" onPress={() => void askToKeep()}>
        Ask it to keep
      </Button>
    </div>
  );
}
