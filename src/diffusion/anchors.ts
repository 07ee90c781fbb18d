/**
 * Which of `frames` frames (numbered from 0) are anchors: evenly spread, first and last included; one anchor is the
 * first frame; never more than there are frames. Ascending, without repeats.
 */
export function planAnchors(frames: number, anchors: number): number[] {
  if (frames <= anchors) {
    return Array.from({ length: frames }, (_, i) => i);
  }
  if (anchors === 1) {
    return [0];
  }
  // Round half up, in integers: no float error decides a tie.
  const gaps = anchors - 1;
  return Array.from({ length: anchors }, (_, i) =>
    Math.floor((2 * i * (frames - 1) + gaps) / (2 * gaps)),
  );
}
