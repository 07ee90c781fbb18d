import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

/** Lanes this near to the window are there before they are seen. */
const REACH = '160px 0px';

type LazyLaneProps = {
  /** What it is found by, made or not. */
  readonly name: string;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Until the lane was there once. */
  readonly height: number;
  readonly children: ReactNode;
};

/** A lane that is made only near the window, and leaves a gap of its height elsewhere: a project may have hundreds. */
export function LazyLane({ name, scroller, height, children }: LazyLaneProps) {
  const [isNear, setNear] = useState(false);
  const [kept, setKept] = useState(height);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry !== undefined) {
          if (!entry.isIntersecting && entry.boundingClientRect.height > 0) {
            setKept(entry.boundingClientRect.height);
          }
          // What has the focus stays, or the keyboard would lose its place.
          setNear(entry.isIntersecting || element.contains(document.activeElement));
        }
      },
      { root: scroller.current, rootMargin: REACH },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [scroller]);
  return (
    <div ref={box} data-lane={name} style={isNear ? undefined : { height: `${kept}px` }}>
      {isNear ? children : null}
    </div>
  );
}
