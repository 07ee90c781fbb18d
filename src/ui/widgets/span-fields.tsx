import type { TimeSpan } from '../../base/units.ts';
import { spanBetween } from '../../app/time.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { NumberInput } from './number-input.tsx';

type SpanFieldsProps = {
  readonly clip: OpenClip;
  readonly span: TimeSpan;
  onChange(span: TimeSpan): void;
};

/** From and to in seconds; both land on frames. */
export function SpanFields({ clip, span, onChange }: SpanFieldsProps) {
  const { duration } = clip.info;
  const set = (from: number, to: number): void => {
    onChange(spanBetween(clip.times, duration, from, to));
  };
  return (
    <div className="span-fields">
      <NumberInput
        label="From"
        unit="s"
        value={span.from / 1e6}
        min={0}
        max={duration / 1e6}
        digits={2}
        onCommit={(seconds) => {
          set(seconds * 1e6, span.to);
        }}
      />
      <NumberInput
        label="To"
        unit="s"
        value={span.to / 1e6}
        min={0}
        max={duration / 1e6}
        digits={2}
        onCommit={(seconds) => {
          set(span.from, seconds * 1e6);
        }}
      />
    </div>
  );
}
