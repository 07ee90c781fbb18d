import { useEffect, useRef, type RefObject } from 'react';

/**
 * Shows an element in steps that begin anew without end. By a timer: while a CSS animation runs, in steps or not, the browser
 * makes a frame at every refresh of the screen, and every input waits for one more of them, 14 ms in the middle. Who wants
 * reduced motion sees it as it stands. `show` must stay the same.
 */
export function useSteps<T extends HTMLElement>(
  count: number,
  everyMs: number,
  show: (style: CSSStyleDeclaration, share: number) => void,
): RefObject<T | null> {
  const shown = useRef<T>(null);
  useEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      return undefined;
    }
    let step = 0;
    const timer = setInterval(() => {
      step = (step + 1) % count;
      if (shown.current !== null) {
        show(shown.current.style, step / count);
      }
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [count, everyMs, show]);
  return shown;
}
