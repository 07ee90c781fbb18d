import { useId, useState, type KeyboardEvent } from 'react';
import { Label, Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import { Hint } from './hint.tsx';
import { ValueField } from './value-field.tsx';

type SliderRowProps = {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** What a double click, or Delete on the thumb, goes back to. */
  readonly standard: number;
  /** One line on what it does. */
  readonly hint?: string;
  /** The number with its unit, as it is shown and typed: what is typed may leave the unit out. */
  format(value: number): string;
  /** Where the number that is typed is not the value: percents, say. */
  parse?(typed: number): number;
  /** Once per drag, when it is let go: one step of undo. */
  onCommit(value: number): void;
  /** While it is dragged; null when that is over. */
  onDrag?(value: number | null): void;
};

export function SliderRow(props: SliderRowProps) {
  const { label, min, max, step, value, standard, hint, format, onCommit, onDrag } = props;
  const [dragged, setDragged] = useState<number | null>(null);
  const hintId = useId();
  const shown = dragged ?? value;
  const isFixed = max <= min;
  const reset = (): void => {
    if (value !== standard) {
      onCommit(standard);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isThumb = event.target instanceof HTMLInputElement && event.target.type === 'range';
    // Else Delete would reach the page, where it deletes the edit.
    if (isThumb && (event.key === 'Delete' || event.key === 'Backspace')) {
      event.preventDefault();
      event.stopPropagation();
      reset();
    }
  };
  return (
    <div className="value-row" role="group" aria-label={label} onKeyDownCapture={onKeyDown}>
      <Slider
        className="slider"
        minValue={min}
        maxValue={Math.max(max, min + step)}
        step={step}
        value={shown}
        isDisabled={isFixed}
        onChange={(next) => {
          setDragged(next);
          onDrag?.(next);
        }}
        onChangeEnd={(next) => {
          setDragged(null);
          if (next !== value) {
            onCommit(next);
          }
          onDrag?.(null);
        }}
      >
        <Label
          className="slider__label"
          data-changed={value !== standard || undefined}
          onDoubleClick={reset}
        >
          {label}
        </Label>
        <SliderTrack
          className="slider__track"
          style={{ '--share': isFixed ? 1 : (shown - min) / (max - min) }}
          onDoubleClick={reset}
        >
          <SliderThumb
            className="slider__thumb"
            {...(hint === undefined ? {} : { 'aria-describedby': hintId })}
          />
        </SliderTrack>
      </Slider>
      <ValueField
        label={label}
        text={format(shown)}
        isDisabled={isFixed}
        onCommit={(typed) => {
          const number = props.parse?.(typed) ?? typed;
          const next = min + Math.round((number - min) / step) * step;
          onCommit(Number(Math.min(max, Math.max(min, next)).toFixed(6)));
        }}
      />
      {hint === undefined ? null : <Hint id={hintId}>{hint}</Hint>}
    </div>
  );
}
