import { useState } from 'react';
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';

type SliderRowProps = {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** What a double click on the name goes back to. */
  readonly standard: number;
  format(value: number): string;
  /** Once per drag, when it is let go: one step of undo. */
  onCommit(value: number): void;
};

export function SliderRow(props: SliderRowProps) {
  const { label, min, max, step, value, standard, format, onCommit } = props;
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged ?? value;
  return (
    <Slider
      className="slider"
      minValue={min}
      maxValue={Math.max(max, min + step)}
      step={step}
      value={shown}
      isDisabled={max <= min}
      onChange={(next) => {
        setDragged(next);
      }}
      onChangeEnd={(next) => {
        setDragged(null);
        if (next !== value) {
          onCommit(next);
        }
      }}
    >
      <Label
        className="slider__label"
        data-changed={value !== standard || undefined}
        onDoubleClick={() => {
          onCommit(standard);
        }}
      >
        {label}
      </Label>
      <SliderTrack
        className="slider__track"
        style={{ '--share': max <= min ? 1 : (shown - min) / (max - min) }}
      >
        <SliderThumb className="slider__thumb" />
      </SliderTrack>
      <SliderOutput className="slider__value">{format(shown)}</SliderOutput>
    </Slider>
  );
}
