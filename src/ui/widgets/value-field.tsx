import { useState } from 'react';

type ValueFieldProps = {
  readonly label: string;
  /** The number with its unit. */
  readonly text: string;
  readonly isDisabled?: boolean;
  onCommit(value: number): void;
};

/** A number beside its slider that can be typed over: taken on Enter or when the field is left, put back on Escape. */
export function ValueField({ label, text, isDisabled = false, onCommit }: ValueFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    const number = Number.parseFloat((typed ?? '').replace(',', '.'));
    setTyped(null);
    if (typed !== null && typed !== text && Number.isFinite(number)) {
      onCommit(number);
    }
  };
  return (
    <input
      className="value-field"
      aria-label={`${label}, as a number`}
      inputMode="decimal"
      disabled={isDisabled}
      value={typed ?? text}
      onFocus={(event) => {
        event.target.select();
      }}
      onChange={(event) => {
        setTyped(event.target.value);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          commit();
          event.currentTarget.blur();
        } else if (event.key === 'Escape') {
          event.stopPropagation();
          setTyped(null);
        }
      }}
    />
  );
}
