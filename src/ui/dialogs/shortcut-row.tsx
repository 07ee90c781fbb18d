import { RotateCcw } from 'lucide-react';
import { useRef } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { isChanged, keysOf } from '../../app/commands/key-bindings.ts';
import { keysInWords } from '../../app/commands/key-names.ts';
import { giveOwnKeysBack, keyStore } from '../../app/commands/key-store.ts';
import type { Command } from '../../app/commands/table/command.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { IS_APPLE, PlainKeycaps } from '../widgets/keycaps.tsx';
import { KeyRecorder } from './key-recorder.tsx';

type ShortcutRowProps = {
  readonly command: Command;
  readonly isRecording: boolean;
  onRecord(isOn: boolean): void;
};

/** A command with its keys; a click on them records a new one. */
export function ShortcutRow({ command, isRecording, onRecord }: ShortcutRowProps) {
  const changes = useStore(keyStore, (state) => state.changes);
  const keys = keysOf(command, changes);
  const button = useRef<HTMLButtonElement>(null);
  const words =
    keys.length === 0 ? 'no key' : keys.map((one) => keysInWords(one, IS_APPLE)).join(' or ');
  if (isRecording) {
    return (
      <li className="shortcut shortcut--recording">
        <span className="shortcut__title">{command.title}</span>
        <KeyRecorder
          command={command}
          onDone={() => {
            onRecord(false);
            // The recorder had the focus and is gone.
            requestAnimationFrame(() => button.current?.focus());
          }}
        />
      </li>
    );
  }
  return (
    <li className="shortcut">
      <span className="shortcut__title">{command.title}</span>
      <span className="shortcut__end">
        {isChanged(command, changes) ? (
          <IconButton
            icon={RotateCcw}
            label={`Reset the keys of ${command.title}`}
            small
            onPress={() => {
              giveOwnKeysBack(command.id);
            }}
          />
        ) : null}
        <Button
          ref={button}
          className="shortcut__keys"
          onPress={() => {
            onRecord(true);
          }}
        >
          <span className="visually-hidden">{`Change the key of ${command.title}, now ${words}`}</span>
          <span className="shortcut__caps" aria-hidden>
            {keys.length === 0 ? <span className="shortcut__none">none</span> : null}
            {keys.map((one, index) => (
              <span key={one}>
                {index > 0 ? <span className="shortcut__or">or</span> : null}
                <PlainKeycaps keys={one} />
              </span>
            ))}
          </span>
        </Button>
      </span>
    </li>
  );
}
