import type { LucideIcon } from 'lucide-react';

/** A line icon at the one stroke of the design. Silent for screen readers: the control around it has the name. */
export function Icon({ of: Drawn, size = 16 }: { of: LucideIcon; size?: number }) {
  return <Drawn size={size} strokeWidth={1.75} aria-hidden="true" className="icon" />;
}
