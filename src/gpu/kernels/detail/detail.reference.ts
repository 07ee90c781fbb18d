import { assert } from '../../../base/assert.ts';
import type { Pixels } from '../../pixels.ts';
import {
  BLOCK,
  EXPLAINED,
  MOST_GAIN,
  PRIOR_FLOOR,
  RESIDUAL_FLOOR,
  RIDGES,
  windowsOf,
} from './detail-map.ts';

type Matrix = readonly (readonly number[])[];
type Box = { left: number; top: number; right: number; bottom: number };
type Regression = {
  map: Matrix;
  meanX: number[];
  meanY: number[];
  explained: number;
  residual: number;
};

const UNIT: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const AXES = [0, 1, 2] as const;

/** The detail map by its definition: every window visited anew, in float64. Slow; the oracle of the tests. */
export function detailReference(base: Pixels, edit: Pixels, detail: number): Float64Array {
  const { width, height } = base;
  const windows = windowsOf(width, height);
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const everything = { left: 0, top: 0, right: width, bottom: height };
  const whole = trusted(regress(base, edit, everything, UNIT, RIDGES.whole), UNIT);
  const wide = grid(columns, rows, (x, y) => {
    const box = cut(base, {
      left: Math.max(0, x - windows.wide) * BLOCK,
      top: Math.max(0, y - windows.wide) * BLOCK,
      right: (x + windows.wide + 1) * BLOCK,
      bottom: (y + windows.wide + 1) * BLOCK,
    });
    return trusted(regress(base, edit, box, whole, RIDGES.wide), whole);
  });
  const near = grid(width, height, (x, y) => {
    const prior = sample(wide, (x + 0.5) / BLOCK - 0.5, (y + 0.5) / BLOCK - 0.5);
    return regress(base, edit, around(base, x, y, windows.near), prior, RIDGES.near);
  });
  const energy = grid(width, height, (x, y) => leftOver(base, edit, x, y, at(at(near, y), x)));
  const gains = grid(width, height, (x, y) => {
    const box = around(base, x, y, windows.residual);
    const residual = mean(cells(box).map(([cx, cy]) => at(at(energy, cy), cx)));
    const { map, explained } = at(at(near, y), x);
    return scaled(map, detail * trust(explained, residual, RESIDUAL_FLOOR));
  });
  const output = new Float64Array(width * height * 12);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const map = blurred(gains, x, y);
      AXES.forEach((row) => {
        const shown = dot(at(map, row), colour(base, x, y));
        const values = [...at(map, row), at(colour(edit, x, y), row) - shown];
        output.set(values, (y * width + x) * 12 + row * 4);
      });
    }
  }
  return output;
}

function regress(base: Pixels, edit: Pixels, box: Box, prior: Matrix, ridge: number): Regression {
  const xs = cells(box).map(([x, y]) => colour(base, x, y));
  const ys = cells(box).map(([x, y]) => colour(edit, x, y));
  const meanX = AXES.map((i) => mean(xs.map((x) => at(x, i))));
  const meanY = AXES.map((i) => mean(ys.map((y) => at(y, i))));
  const cxx = AXES.map((i) =>
    AXES.map((j) => mean(xs.map((x) => (at(x, i) - at(meanX, i)) * (at(x, j) - at(meanX, j))))),
  );
  const cyx = AXES.map((i) =>
    AXES.map((j) =>
      mean(ys.map((y, n) => (at(y, i) - at(meanY, i)) * (at(at(xs, n), j) - at(meanX, j)))),
    ),
  );
  const ridged = cxx.map((row, i) => row.map((value, j) => value + (i === j ? ridge : 0)));
  const map = AXES.map((i) => {
    // (Cxx + ridge) a = Cyx + ridge * prior is the same regression, written with the prior as a target.
    const right = AXES.map((j) => at(at(cyx, i), j) + ridge * at(at(prior, i), j));
    return solve(ridged, right).map((gain) => Math.min(MOST_GAIN, Math.max(-MOST_GAIN, gain)));
  });
  const explained = sum(
    AXES.map((i) =>
      dot(
        at(map, i),
        AXES.map((j) => dot(at(map, i), at(cxx, j))),
      ),
    ),
  );
  const residual = sum(
    AXES.map((i) =>
      mean(
        ys.map((y, n) => {
          const centred = AXES.map((j) => at(at(xs, n), j) - at(meanX, j));
          return (at(y, i) - at(meanY, i) - dot(at(map, i), centred)) ** 2;
        }),
      ),
    ),
  );
  return { map, meanX, meanY, explained, residual };
}

function trusted(fit: Regression, prior: Matrix): Matrix {
  const share = trust(fit.explained, fit.residual, PRIOR_FLOOR);
  return prior.map((row, i) =>
    row.map((value, j) => value + share * (at(at(fit.map, i), j) - value)),
  );
}

function trust(explained: number, residual: number, floor: number): number {
  const share = (explained + floor) / (explained + floor + residual);
  const t = (share - EXPLAINED.none) / (EXPLAINED.full - EXPLAINED.none);
  const clamped = Math.min(1, Math.max(0, t));
  return 3 * clamped ** 2 - 2 * clamped ** 3;
}

function leftOver(base: Pixels, edit: Pixels, x: number, y: number, fit: Regression): number {
  const known = colour(base, x, y).map((value, i) => value - at(fit.meanX, i));
  return sum(
    AXES.map(
      (i) => (at(colour(edit, x, y), i) - at(fit.meanY, i) - dot(at(fit.map, i), known)) ** 2,
    ),
  );
}

function blurred(gains: readonly (readonly Matrix[])[], x: number, y: number): Matrix {
  const taps = [1, 4, 6, 4, 1];
  let map = scaled(UNIT, 0);
  taps.forEach((down, j) => {
    taps.forEach((across, i) => {
      const row = Math.min(gains.length - 1, Math.max(0, y + j - 2));
      const column = Math.min(at(gains, 0).length - 1, Math.max(0, x + i - 2));
      map = added(map, scaled(at(at(gains, row), column), (down * across) / 256));
    });
  });
  return map;
}

function sample(maps: readonly (readonly Matrix[])[], x: number, y: number): Matrix {
  const column = Math.min(at(maps, 0).length - 1, Math.max(0, x));
  const row = Math.min(maps.length - 1, Math.max(0, y));
  let map = scaled(UNIT, 0);
  maps.forEach((line, j) => {
    line.forEach((value, i) => {
      const weight = Math.max(0, 1 - Math.abs(i - column)) * Math.max(0, 1 - Math.abs(j - row));
      map = weight > 0 ? added(map, scaled(value, weight)) : map;
    });
  });
  return map;
}

/** Cramer's rule. */
function solve(matrix: Matrix, right: readonly number[]): number[] {
  const whole = determinant(matrix);
  return AXES.map((column) => {
    const replaced = matrix.map((row, i) =>
      row.map((value, j) => (j === column ? at(right, i) : value)),
    );
    return determinant(replaced) / whole;
  });
}

function determinant(m: Matrix): number {
  return sum(
    AXES.map((j) => {
      const [a, b] = [(j + 1) % 3, (j + 2) % 3];
      return (
        at(at(m, 0), j) * (at(at(m, 1), a) * at(at(m, 2), b) - at(at(m, 1), b) * at(at(m, 2), a))
      );
    }),
  );
}

function cut(picture: Pixels, box: Box): Box {
  return {
    left: Math.max(0, box.left),
    top: Math.max(0, box.top),
    right: Math.min(picture.width, box.right),
    bottom: Math.min(picture.height, box.bottom),
  };
}

function around(picture: Pixels, x: number, y: number, radius: number): Box {
  return cut(picture, {
    left: x - radius,
    top: y - radius,
    right: x + radius + 1,
    bottom: y + radius + 1,
  });
}

function cells(box: Box): [number, number][] {
  const list: [number, number][] = [];
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      list.push([x, y]);
    }
  }
  return list;
}

function grid<T>(width: number, height: number, make: (x: number, y: number) => T): T[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_v, x) => make(x, y)),
  );
}

function colour(picture: Pixels, x: number, y: number): number[] {
  const at = (y * picture.width + x) * 4;
  return [...picture.data.subarray(at, at + 3)];
}

function scaled(map: Matrix, by: number): Matrix {
  return map.map((row) => row.map((value) => value * by));
}

function added(a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) => row.map((value, j) => value + at(at(b, i), j)));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((value, i) => value * at(b, i)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  assert(value !== undefined, `no value ${index} of ${values.length}`);
  return value;
}
