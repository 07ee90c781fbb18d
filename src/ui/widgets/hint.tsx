import type { ReactNode } from 'react';

/** One quiet line under a control that says what it does; the control refers to it by id. */
export function Hint({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p id={id} className="hint">
      {children}
    </p>
  );
}
