import type { Plain } from './golden.ts';

/** [clips, channels, frames, …] to [clips * frames, channels, …], clip after clip. */
export function framesOfClips(clips: Plain): Plain {
  const [count = 0, channels = 0, frames = 0, ...sides] = clips.dims;
  return { dims: [count * frames, channels, ...sides], data: swapped(clips) };
}

/** The way back. */
export function clipsOfFrames(frames: Plain, count: number): Plain {
  const [all = 0, channels = 0, ...sides] = frames.dims;
  const window = all / count;
  const data = swapped({ dims: [count, window, channels, ...sides], data: frames.data });
  return { dims: [count, channels, window, ...sides], data };
}

/** Swaps axes 1 and 2. */
function swapped({ dims, data }: Plain): Float32Array {
  const [count = 0, rows = 0, columns = 0, ...sides] = dims;
  const area = sides.reduce((product, side) => product * side, 1);
  const out = new Float32Array(data.length);
  for (let outer = 0; outer < count; outer++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const from = ((outer * rows + row) * columns + column) * area;
        out.set(data.subarray(from, from + area), ((outer * columns + column) * rows + row) * area);
      }
    }
  }
  return out;
}
