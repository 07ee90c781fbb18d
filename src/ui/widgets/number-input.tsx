import { useId, useState } from 'react';

type NumberInputProps = {
  readonly label: string;
  readonly unit?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly digits: number;
  onCommit(value: number): void;
};

/** A number that is typed: taken over on Enter or when the field is left, put back on Escape or nonsense. */
export function NumberInput({ label, unit, value, min, max, digits, onCommit }: NumberInputProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    const number = Number((typed ?? '').replace(',', '.'));
    setTyped(null);
    if (typed !== null && typed.trim() !== '' && Number.isFinite(number)) {
      onCommit(Math.min(max, Math.max(min, number)));
    }
  };
  return (
    <label className="number" htmlFor={id}>
      <span className="number__label">{label}</span>
      <input
        id={id}
        className="number__field"
        aria-label={label}
        inputMode="decimal"
        value={typed ?? value.toFixed(digits)}
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
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            setTyped(null);
          }
        }}
      />
      {unit === undefined ? null : <span className="number__unit">{unit}</span>}
    </label>
  );
}
