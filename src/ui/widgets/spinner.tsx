import { LoaderCircle } from 'lucide-react';
import { Icon } from './icon.tsx';
import { useSteps } from './use-steps.ts';

/** Something is under way. */
export function Spinner({ size = 16 }: { size?: number }) {
  const turned = useSteps<HTMLSpanElement>(8, 150, turn);
  return (
    <span ref={turned} className="spinner">
      <Icon of={LoaderCircle} size={size} />
    </span>
  );
}

function turn(style: CSSStyleDeclaration, share: number): void {
  style.rotate = `${share}turn`;
}
