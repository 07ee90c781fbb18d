import { useId } from 'react';
import { Checkbox } from 'react-aria-components';
import { Hint } from './hint.tsx';

type CheckRowProps = {
  readonly label: string;
  readonly hint: string;
  readonly isSelected: boolean;
  onChange(isSelected: boolean): void;
};

export function CheckRow({ label, hint, isSelected, onChange }: CheckRowProps) {
  const hintId = useId();
  return (
    <div className="value-row">
      <Checkbox
        className="checkbox"
        isSelected={isSelected}
        aria-describedby={hintId}
        onChange={onChange}
      >
        <span className="checkbox__box" aria-hidden="true" />
        {label}
      </Checkbox>
      <Hint id={hintId}>{hint}</Hint>
    </div>
  );
}
