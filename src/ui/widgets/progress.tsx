/** A bar for what has a length; sliding where the length is not known yet. */
export function Progress({ label, done, total }: { label: string; done: number; total: number }) {
  const isKnown = total > 0;
  const share = isKnown ? Math.min(1, done / total) : 0;
  return (
    <div
      className={isKnown ? 'progress' : 'progress progress--unknown'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(isKnown ? { 'aria-valuenow': Math.round(share * 100) } : {})}
    >
      <div className="progress__fill" style={isKnown ? { width: `${share * 100}%` } : undefined} />
    </div>
  );
}
