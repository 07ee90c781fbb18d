import { useSteps } from './use-steps.ts';

type ProgressProps = { readonly label: string; readonly done: number; readonly total: number };

/** A bar for what has a length; sliding where the length is not known yet. */
export function Progress({ label, done, total }: ProgressProps) {
  const isKnown = total > 0;
  const share = isKnown ? Math.min(1, done / total) : 0;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(isKnown ? { 'aria-valuenow': Math.round(share * 100) } : {})}
    >
      {isKnown ? (
        <div className="progress__fill" style={{ width: `${share * 100}%` }} />
      ) : (
        <Sliding />
      )}
    </div>
  );
}

function Sliding() {
  const slid = useSteps<HTMLDivElement>(14, 100, slide);
  return <div ref={slid} className="progress__fill progress__fill--sliding" />;
}

/** From before the bar's beginning to behind its end, in widths of the part that slides. */
function slide(style: CSSStyleDeclaration, share: number): void {
  style.transform = `translateX(${-100 + 440 * share}%)`;
}
