import type { Size } from '../../../base/units.ts';
import { edgeLevels, fillPath, tileEdges, type Tile } from './mask-edges.ts';
import { boxDistance, boxDistances } from './mask-box.ts';
import { planMask, type BoxStep, type MaskProgram, type MaskStep } from './mask-program.ts';
import { coverageOf, type Combine, type MaskShape } from './mask-shape.ts';

/** Pixels: small enough that few edges lie near one, large enough that looking for them costs little. */
const TILE = 32;
/** Levels from half a rim on are all alike: nothing or everything. */
const FAR = 1;

/** One byte per pixel, 255 = edit here. */
export function rasteriseMask(shape: MaskShape, size: Size): Uint8Array<ArrayBuffer> {
  const program = planMask(shape, size);
  const mask = new Uint8Array(size.width * size.height);
  const insides = program.steps.map((step) =>
    step.kind === 'path' ? fillPath(program.edges, step, size) : null,
  );
  const total = new Float64Array(TILE * TILE);
  const layer = new Float64Array(TILE * TILE);
  for (let y = 0; y < size.height; y += TILE) {
    for (let x = 0; x < size.width; x += TILE) {
      const width = Math.min(TILE, size.width - x);
      const tile = { x, y, width, height: Math.min(TILE, size.height - y), stride: size.width };
      const levels = program.steps.map((step, i) =>
        levelIn(tile, step, program, insides[i] ?? null),
      );
      const flat = flatLevel(program, levels);
      if (flat !== null) {
        fillTile(mask, byteOf(flat, program.invert), tile);
        continue;
      }
      total.fill(program.startsFull ? -FAR : FAR);
      program.steps.forEach((step, i) => {
        if (step.begins) {
          layer.fill(FAR);
        }
        putLevels(layer, step, tile, levels[i] ?? FAR);
        if (step.ends !== null) {
          combineAll(total, layer, step.ends);
        }
      });
      writeTile(mask, total, tile, program.invert);
    }
  }
  return mask;
}

/** The level of one pixel of a tile, by its centre; or the one that all its pixels have. */
type Level = number | ((x: number, y: number) => number);

function levelIn(
  tile: Tile,
  step: MaskStep,
  program: MaskProgram,
  inside: Uint8Array | null,
): Level {
  switch (step.kind) {
    case 'nothing':
      return FAR;
    case 'rectangle':
    case 'ellipse':
      return (
        tileLevel(step, tile) ??
        ((x, y) => (boxDistance(step, x - step.centreX, y - step.centreY) - step.grow) / step.rim)
      );
    case 'path':
    case 'stroke': {
      const near = tileEdges(program.edges, step, inside, tile);
      return typeof near === 'number'
        ? near
        : edgeLevels(program.edges, near, step, inside, tile.stride);
    }
  }
}

/** The level of a whole tile where each step has but one in it, else null. */
function flatLevel({ steps, startsFull }: MaskProgram, levels: readonly Level[]): number | null {
  let total = startsFull ? -FAR : FAR;
  let layer = FAR;
  for (const [i, step] of steps.entries()) {
    const level = levels[i];
    if (typeof level !== 'number') {
      return null;
    }
    layer = put(step.begins ? FAR : layer, level, step.erase);
    total = step.ends === null ? total : combine(total, layer, step.ends);
  }
  return total;
}

/** The one level of all pixels of a tile (1 outside, -1 inside) where the rim of a box does not come near it, else null. */
function tileLevel(step: MaskStep & BoxStep, tile: Tile): number | null {
  const dx = tile.x + tile.width / 2 - step.centreX;
  const dy = tile.y + tile.height / 2 - step.centreY;
  const reach = Math.hypot(tile.width, tile.height) / 2;
  const { least, most } = boxDistances(step, dx, dy, reach);
  return least > step.grow + step.rim / 2 ? FAR : most < step.grow - step.rim / 2 ? -FAR : null;
}

function putLevels(layer: Float64Array, { erase }: MaskStep, tile: Tile, level: Level): void {
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const at = row * tile.width + column;
      const own =
        typeof level === 'number' ? level : level(tile.x + column + 0.5, tile.y + row + 0.5);
      layer[at] = put(layer[at] ?? 0, own, erase);
    }
  }
}

function put(layer: number, level: number, erase: boolean): number {
  return erase ? Math.max(layer, -level) : Math.min(layer, level);
}

function combine(total: number, layer: number, by: Combine): number {
  return by === 'add'
    ? Math.min(total, layer)
    : Math.max(total, by === 'subtract' ? -layer : layer);
}

function combineAll(total: Float64Array, layer: Float64Array, by: Combine): void {
  for (let i = 0; i < total.length; i++) {
    total[i] = combine(total[i] ?? 0, layer[i] ?? 0, by);
  }
}

function byteOf(level: number, invert: boolean): number {
  const inside = coverageOf(level);
  return Math.floor((invert ? 1 - inside : inside) * 255 + 0.5);
}

function fillTile(mask: Uint8Array, byte: number, tile: Tile): void {
  for (let row = 0; row < tile.height; row++) {
    const at = (tile.y + row) * tile.stride + tile.x;
    mask.fill(byte, at, at + tile.width);
  }
}

function writeTile(mask: Uint8Array, total: Float64Array, tile: Tile, invert: boolean): void {
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const level = total[row * tile.width + column] ?? 0;
      mask[(tile.y + row) * tile.stride + tile.x + column] = byteOf(level, invert);
    }
  }
}
