import { useState } from 'react';

type NameFieldProps = {
  readonly name: string;
  readonly className: string;
  /** The name that was typed, or null where it was left as it is. */
  readonly onDone: (kept: string | null) => void;
};

/** A project's name while it is typed: Enter or leaving the field keeps it, Escape does not. */
export function NameField({ name, className, onDone }: NameFieldProps) {
  const [typed, setTyped] = useState(name);
  return (
    <input
      className={className}
      aria-label="Project name"
      value={typed}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- the person just asked for this field
      autoFocus
      onFocus={(event) => {
        event.target.select();
      }}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onBlur={() => {
        onDone(typed);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          onDone(typed);
        } else if (event.key === 'Escape') {
          // A dialog around it stays.
          event.stopPropagation();
          onDone(null);
        }
      }}
    />
  );
}
