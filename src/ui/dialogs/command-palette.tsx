import { Search } from 'lucide-react';
import {
  startTransition,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  type Key,
} from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  TextField,
} from 'react-aria-components';
import { useStore } from 'zustand';
import { runsOf } from '../../app/commands/fuzzy.ts';
import { keysOf } from '../../app/commands/key-bindings.ts';
import { keyStore } from '../../app/commands/key-store.ts';
import {
  findCommands,
  offeredCommands,
  recentStore,
  runFromPalette,
  type Found,
} from '../../app/commands/palette.ts';
import { COMMANDS } from '../../app/commands/table/table.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { PlainKeycaps } from '../widgets/keycaps.tsx';
import './dialogs.css';
import './palette.css';

/** As many as the list shows at once. The others come when nothing was typed for a while. */
const FIRST_ROWS = 14;
const REST_MS = 250;
/** Keys that go from row to row. */
const GOING = new Set(['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp']);

type PaletteRow = Found & { readonly isAsking: boolean; readonly id: string };
const NO_ROWS: readonly PaletteRow[] = [];

/** Every action by its name, with its key: Ctrl+K. */
export function CommandPalette() {
  const app = useApp();
  const isOpen = useSession((state) => state.dialog === 'palette');
  return (
    <ModalOverlay
      className="overlay overlay--top"
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) {
          app.session.setState({ dialog: null });
        }
      }}
    >
      <Modal className="modal palette">
        <Dialog className="palette__dialog" aria-label="Commands">
          <Palette />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Palette() {
  const app = useApp();
  const [query, setQuery] = useState('');
  const recent = useStore(recentStore, (state) => state.ids);
  const offered = useMemo(() => offeredCommands(app, COMMANDS), [app]);
  const found = useMemo(() => findCommands(offered, query, recent), [offered, query, recent]);
  const isAsking = query.trim() !== '';
  const whole = useRested(found);
  const rows = useMemo<readonly PaletteRow[]>(
    () =>
      (whole ? found : found.slice(0, FIRST_ROWS)).map((one) => ({
        ...one,
        isAsking,
        id: one.command.id,
      })),
    [found, isAsking, whole],
  );
  // The field is on screen before the rows, and a letter that was typed before those that it finds.
  const shown = useDeferredValue(rows, NO_ROWS);
  const isComing = shown.length === 0 && rows.length > 0;
  const run = (id: Key | undefined) => {
    const chosen = offered.find((command) => command.id === id);
    if (chosen !== undefined) {
      runFromPalette(app, chosen);
    }
  };
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What scrolls has to be reachable by keyboard itself. Not before the list is there: one that has a place in the
    // order of focus from the start is taken for one whose rows can't be gone to from the field.
    list.current?.setAttribute('tabindex', '0');
  }, []);
  // Which row is marked follows the letters late: half a second, and longer while the machine is busy.
  // So Enter means the first that is found, unless a row was gone to since the last letter.
  const hasGone = useRef(false);
  const type = (letters: string) => {
    hasGone.current = false;
    setQuery(letters);
  };
  return (
    <Autocomplete inputValue={query} onInputChange={type}>
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the palette was opened to type in; no SearchField, whose Escape would clear before it closes */}
      <TextField type="search" aria-label="Find a command" className="palette__search" autoFocus>
        <Icon of={Search} />
        <Input
          placeholder="Find a command"
          onKeyDownCapture={(event) => {
            if (GOING.has(event.key)) {
              hasGone.current = true;
            } else if (
              event.key === 'Enter' &&
              !event.nativeEvent.isComposing &&
              !hasGone.current
            ) {
              event.preventDefault();
              // The list would do its own, late, row as well.
              event.stopPropagation();
              run(found[0]?.command.id);
            }
          }}
        />
      </TextField>
      <Menu
        ref={list}
        aria-label="Commands"
        className={isComing ? 'palette__list palette__list--coming' : 'palette__list'}
        items={shown}
        onAction={run}
        renderEmptyState={() =>
          found.length > 0 ? null : (
            <p className="palette__none">No command is called that. Fewer letters find more.</p>
          )
        }
      >
        {(one) => <Row found={one} isAsking={one.isAsking} />}
      </Menu>
    </Autocomplete>
  );
}

/** Whether this value has been the same for a while. */
function useRested(value: unknown): boolean {
  const [rested, setRested] = useState<unknown>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      startTransition(() => {
        setRested(value);
      });
    }, REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return rested === value;
}

function Row({ found, isAsking }: { found: Found; isAsking: boolean }) {
  const { command, at, isRecent } = found;
  const [keys] = useStore(keyStore, ({ changes }) => keysOf(command, changes));
  return (
    <MenuItem className="palette__row" textValue={command.title} id={command.id}>
      <span className="palette__title">
        <Marked text={command.title} at={at} />
      </span>
      <span className="palette__group">{isRecent && !isAsking ? 'Recent' : command.group}</span>
      <span className="palette__keys">
        {keys === undefined ? null : <PlainKeycaps keys={keys} />}
      </span>
    </MenuItem>
  );
}

/** The letters that were asked for stand out. */
function Marked({ text, at }: { text: string; at: readonly number[] }) {
  return runsOf(text, at).map((run) =>
    run.isFound ? <mark key={run.from}>{run.text}</mark> : <span key={run.from}>{run.text}</span>,
  );
}
