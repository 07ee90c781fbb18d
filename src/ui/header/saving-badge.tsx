import { Check, Eye, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useStore } from 'zustand';
import { takeOver } from '../../app/commands/project-commands.ts';
import { openSettings } from '../../app/commands/settings-commands.ts';
import type { SavingState } from '../../app/state/saving-store.ts';
import { useApp } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Spinner } from '../widgets/spinner.tsx';

/** Whether the project is on disk, in words; a click says what can be done where it is not. */
export function SavingBadge() {
  const app = useApp();
  const state = useStore(app.saving);
  if (state.kind === 'none') {
    return null;
  }
  const { label, tone, icon } = WORDS[state.kind];
  return (
    <DialogTrigger>
      <Button className={`badge badge--${tone}`} aria-label={`Project: ${label}`}>
        {icon === 'spinner' ? <Spinner size={14} /> : <Icon of={icon} size={14} />}
        <span aria-live="polite">{label}</span>
      </Button>
      <Popover className="popover" placement="bottom start">
        <Dialog aria-label={label}>
          <Explanation state={state} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

const WORDS: Record<
  Exclude<SavingState['kind'], 'none'>,
  { label: string; tone: string; icon: LucideIcon | 'spinner' }
> = {
  saving: { label: 'Saving', tone: 'quiet', icon: 'spinner' },
  saved: { label: 'Saved', tone: 'quiet', icon: Check },
  failed: { label: 'Not saved', tone: 'error', icon: TriangleAlert },
  elsewhere: { label: 'Read only', tone: 'warning', icon: Eye },
};

function Explanation({ state }: { state: SavingState }): ReactNode {
  const app = useApp();
  switch (state.kind) {
    case 'failed':
      return (
        <>
          <h2>Changes are not saved</h2>
          <p>{state.error.message}</p>
          <p>Nothing is lost while this page stays open.</p>
          <small className="code">{state.error.code}</small>
          <div className="popover__buttons">
            {state.error.code === 'store/quota' ? (
              <Button
                slot="close"
                className="button button--small"
                onPress={() => {
                  openSettings(app);
                }}
              >
                Free space…
              </Button>
            ) : null}
            <Button
              slot="close"
              className="button button--small"
              onPress={() => void app.autosave.flush()}
            >
              Try again
            </Button>
          </div>
        </>
      );
    case 'elsewhere':
      return (
        <>
          <h2>Another tab has this project</h2>
          <p>Here you can look at it, play and export it. One tab at a time can change it.</p>
          <div className="popover__buttons">
            <Button
              slot="close"
              className="button button--small"
              onPress={() => void takeOver(app)}
            >
              Take over
            </Button>
          </div>
        </>
      );
    case 'none':
    case 'saving':
    case 'saved':
      return (
        <>
          <h2>Saved as you work</h2>
          <p>
            Changes and finished frames are kept in this browser, on this computer, and are there
            after a reload or a crash.
          </p>
        </>
      );
  }
}
