import { useMemo, useState, type KeyboardEvent } from 'react';
import { suggest, type KnownWish } from '../../app/starter-prompts.ts';

const MOST = 7;

export type SuggestionList = {
  readonly isOpen: boolean;
  readonly wishes: readonly KnownWish[];
  /** Highlighted entry; null while the person is typing on. */
  readonly active: number | null;
  open(): void;
  close(): void;
  /** Arrows, Enter and Escape while the list is open; true when the key was the list's. */
  onKey(event: KeyboardEvent, choose: (text: string) => void): boolean;
};

export function optionId(index: number): string {
  return `suggestion-${index}`;
}

/** What the model knows, as a list under the prompt: opened by typing or by an arrow key. */
export function useSuggestions(typed: string): SuggestionList {
  const [isWanted, setWanted] = useState(false);
  const [active, setActive] = useState<number | null>(null);
  const wishes = useMemo(() => suggest(typed, MOST), [typed]);
  const isExact = wishes.length > 0 && wishes[0]?.prompt === typed.trim().toLowerCase();
  const isOpen = isWanted && wishes.length > 0 && !(isExact && wishes.length === 1);
  const close = (): void => {
    setWanted(false);
    setActive(null);
  };
  const onKey = (event: KeyboardEvent, choose: (text: string) => void): boolean => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setWanted(true);
      setActive((index) =>
        index === null
          ? by > 0
            ? 0
            : wishes.length - 1
          : (index + by + wishes.length) % wishes.length,
      );
      return true;
    }
    const chosen = isOpen && active !== null ? wishes[active] : undefined;
    if (event.key === 'Enter' && !event.shiftKey && chosen !== undefined) {
      event.preventDefault();
      choose(chosen.prompt);
      return true;
    }
    if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
      return true;
    }
    return false;
  };
  const open = (): void => {
    setWanted(true);
    setActive(null);
  };
  return { isOpen, wishes, active, open, close, onKey };
}

type SuggestionsProps = {
  readonly list: SuggestionList;
  readonly typed: string;
  onChoose(text: string): void;
};

export function Suggestions({ list, typed, onChoose }: SuggestionsProps) {
  return (
    <div
      id="suggestions"
      className="suggestions"
      role="listbox"
      aria-label={typed.trim() === '' ? 'What the model knows' : 'Matching wishes'}
    >
      {list.wishes.map((wish, index) => (
        <div
          key={wish.prompt}
          id={optionId(index)}
          className="suggestion"
          role="option"
          aria-selected={index === list.active}
          // Chosen on press: the field must not lose its focus first.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(wish.prompt);
          }}
        >
          <span className="one-line">{wish.prompt}</span>
          <span className="suggestion__group">{wish.group}</span>
        </div>
      ))}
    </div>
  );
}
