import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { conflicts, isReserved } from '../../app/commands/key-bindings.ts';
import { combination, isModifier, keysInWords } from '../../app/commands/key-names.ts';
import { PAIR_WAIT_MS, recordPress } from '../../app/commands/key-recording.ts';
import { giveKeys, keyStore } from '../../app/commands/key-store.ts';
import type { Command } from '../../app/commands/table/command.ts';
import { COMMANDS } from '../../app/commands/table/table.ts';
import { IS_APPLE, PlainKeycaps } from '../widgets/keycaps.tsx';

/** What was pressed, if anything: still open to a second key, or whole and not taken over yet. */
type Recorded = { readonly keys: string; readonly isWhole: boolean } | null;

/** Listens to the next key, or pair of keys, for a command. Escape leaves it as it was. */
export function KeyRecorder({ command, onDone }: { command: Command; onDone(): void }) {
  const changes = useStore(keyStore, (state) => state.changes);
  const [recorded, setRecorded] = useState<Recorded>(null);
  const field = useRef<HTMLDivElement>(null);
  const timer = useRef(0);
  useEffect(() => {
    field.current?.focus();
    return () => {
      clearTimeout(timer.current);
    };
  }, []);

  const finish = (keys: string): void => {
    clearTimeout(timer.current);
    if (!isReserved(keys) && conflicts(COMMANDS, changes, command.id, keys).length === 0) {
      giveKeys(command.id, [keys]);
      onDone();
    } else {
      setRecorded({ keys, isWhole: true });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') {
      return;
    }
    // Neither the dialog nor the page hears it.
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') {
      onDone();
    } else if (!isModifier(event) && !event.repeat) {
      const first = recorded === null || recorded.isWhole ? null : recorded.keys;
      const pressed = recordPress(first, combination(event));
      if (pressed.isWhole) {
        finish(pressed.keys);
      } else {
        setRecorded(pressed);
        timer.current = window.setTimeout(() => {
          finish(pressed.keys);
        }, PAIR_WAIT_MS);
      }
    }
  };
  const isRefused = recorded?.isWhole === true && isReserved(recorded.keys);
  const taken =
    recorded?.isWhole === true && !isRefused
      ? conflicts(COMMANDS, changes, command.id, recorded.keys)
      : [];
  return (
    <div className="recorder">
      <div
        ref={field}
        className="recorder__field"
        role="textbox"
        tabIndex={0}
        aria-readonly
        aria-label={`New key for ${command.title}: press it now. Escape keeps the old one.`}
        onKeyDown={onKeyDown}
      >
        {recorded === null ? 'Press a key, or two in turn' : <PlainKeycaps keys={recorded.keys} />}
        {recorded?.isWhole === false ? <span className="shortcut__or">then…</span> : null}
      </div>
      <div role="status" className="recorder__status">
        {isRefused ? 'The browser keeps this one for itself. Press another.' : null}
        {recorded !== null && taken.length > 0 ? (
          <>
            {keysInWords(recorded.keys, IS_APPLE)} belongs to{' '}
            {taken.map(({ title }) => `“${title}”`).join(' and ')}.
          </>
        ) : null}
      </div>
      <div className="recorder__buttons">
        {recorded !== null && taken.length > 0 ? (
          <Button
            className="button button--small button--primary"
            onPress={() => {
              giveKeys(command.id, [recorded.keys]);
              onDone();
            }}
          >
            Take it
          </Button>
        ) : null}
        <Button
          className="button button--small"
          onPress={() => {
            giveKeys(command.id, []);
            onDone();
          }}
        >
          No key
        </Button>
        <Button className="button button--small" onPress={onDone}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
