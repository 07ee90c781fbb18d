/** Bins per colour channel of a signature's histogram. */
const BINS = 4;
/** Cells per side of its grid of brightness. */
const GRID = 6;
/** A cut changes at least this much of a signature (0 to 1), */
const LEAST_CHANGE = 0.25;
/** and so many times what its neighbours change, */
const TIMES_NEIGHBOURS = 3;
/** within so many frames on either side; */
const NEIGHBOURS = 5;
/** and it lasts: what returns to the picture before within so many frames was a flash. */
const FLASH = 3;
/** A scene has at least as many frames; an earlier cut wins. */
const SHORTEST_SCENE = 8;

/** What is remembered of a frame: a histogram of its colours and a grid of its brightness, both from 0 to 1. */
export type FrameSignature = { readonly histogram: Float32Array; readonly grid: Float32Array };

/** RGBA bytes, at any size: 32 x 32 pixels are plenty. */
export type SmallPicture = {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
};

/** The histogram forgives motion, the grid notices a cut between shots of the same colours. */
export function signatureOf({ width, height, data }: SmallPicture): FrameSignature {
  const histogram = new Float32Array(BINS ** 3);
  const grid = new Float32Array(GRID ** 2);
  const counts = new Float32Array(GRID ** 2);
  for (let at = 0; at < width * height; at++) {
    const [red = 0, green = 0, blue = 0] = [data[at * 4], data[at * 4 + 1], data[at * 4 + 2]];
    const bin = [red, green, blue].reduce((sum, value) => sum * BINS + ((value * BINS) >> 8), 0);
    histogram[bin] = (histogram[bin] ?? 0) + 1 / (width * height);
    const row = Math.floor((Math.floor(at / width) * GRID) / height);
    const cell = row * GRID + Math.floor(((at % width) * GRID) / width);
    grid[cell] = (grid[cell] ?? 0) + (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return { histogram, grid: grid.map((sum, cell) => sum / Math.max(1, counts[cell] ?? 1)) };
}

/** How different two frames are, 0 to 1: the mean of both parts' distances. */
function changeBetween(a: FrameSignature, b: FrameSignature): number {
  const total = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + Math.abs(value - (y[i] ?? 0)), 0);
  const colours = total(a.histogram, b.histogram) / 2;
  // A quarter of the whole range per cell is as much as any two shots differ.
  const places = Math.min(1, (4 * total(a.grid, b.grid)) / GRID ** 2);
  return (colours + places) / 2;
}

/**
 * Hard cuts: the frames (numbers from 0) that begin a new scene, ascending, never frame 0. A cut changes much at once, much
 * more than the frames around it (the adaptive rule of common scene detectors, which lets fast motion pass), and lasts
 * longer than a flash. Fades and dissolves are no cuts.
 */
export function findCuts(frames: readonly FrameSignature[]): number[] {
  const changes = frames.map((frame, i) => {
    const before = frames[i - 1];
    return before === undefined ? 0 : changeBetween(before, frame);
  });
  const cuts: number[] = [];
  for (const [i, change] of changes.entries()) {
    const last = cuts.at(-1) ?? 0;
    const isFar = i - last >= SHORTEST_SCENE && frames.length - i >= SHORTEST_SCENE;
    if (
      isFar &&
      change >= LEAST_CHANGE &&
      change >= TIMES_NEIGHBOURS * changeAround(changes, i) &&
      lasts(frames, i)
    ) {
      cuts.push(i);
    }
  }
  return cuts;
}

/** Mean change of the frames beside one, itself left out. */
function changeAround(changes: readonly number[], index: number): number {
  const before = changes.slice(Math.max(1, index - NEIGHBOURS), index);
  const around = [...before, ...changes.slice(index + 1, index + 1 + NEIGHBOURS)];
  return around.reduce((sum, change) => sum + change, 0) / Math.max(1, around.length);
}

/** Whether none of the frames from a cut on looks like the one before it. */
function lasts(frames: readonly FrameSignature[], cut: number): boolean {
  const before = frames[cut - 1];
  return (
    before !== undefined &&
    frames
      .slice(cut, cut + 1 + FLASH)
      .every((frame) => changeBetween(before, frame) >= LEAST_CHANGE)
  );
}

/** Frames `from` to `to` (half-open) of one scene. */
export type Scene = { readonly from: number; readonly to: number };

/** `frames` frames split at cuts; always at least one scene where there is a frame. */
export function planScenes(frames: number, cuts: readonly number[]): Scene[] {
  const ends = [...cuts, frames];
  return ends.map((to, i) => ({ from: ends[i - 1] ?? 0, to }));
}
