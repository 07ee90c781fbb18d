import type { Size } from '../../../base/units.ts';
import { edgeLevels, fillPath, tileEdges, type Tile } from './mask-edges.ts';
import { boxDistance, boxDistances } from './mask-box.ts';
import { planMask, type BoxStep, type MaskProgram, type MaskStep } from './mask-program.ts';
import { coverageOf, type MaskShape } from './mask-shape.ts';

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
      total.fill(program.startsFull ? -FAR : FAR);
      program.steps.forEach((step, i) => {
        if (step.begins) {
          layer.fill(FAR);
        }
        putStep(layer, step, program, insides[i] ?? null, tile);
        if (step.ends !== null) {
          combine(total, layer, step.ends);
        }
      });
      writeTile(mask, total, tile, program.invert);
    }
  }
  return mask;
}

function putStep(
  layer: Float64Array,
  step: MaskStep,
  program: MaskProgram,
  inside: Uint8Array | null,
  tile: Tile,
): void {
  switch (step.kind) {
    case 'nothing':
      return;
    case 'rectangle':
    case 'ellipse': {
      const level = tileLevel(step, tile);
      if (level !== null) {
        putLevels(layer, step, tile, () => level);
        return;
      }
      putLevels(layer, step, tile, (x, y) => {
        return (boxDistance(step, x - step.centreX, y - step.centreY) - step.grow) / step.rim;
      });
      return;
    }
    case 'path':
    case 'stroke': {
      const near = tileEdges(program.edges, step, inside, tile);
      if (typeof near === 'number') {
        putLevels(layer, step, tile, () => near);
      } else {
        putLevels(layer, step, tile, edgeLevels(program.edges, near, step, inside, tile.stride));
      }
    }
  }
}

/** The one level of all pixels of a tile (1 outside, -1 inside) where the rim of a box does not come near it, else null. */
function tileLevel(step: MaskStep & BoxStep, tile: Tile): number | null {
  const dx = tile.x + tile.width / 2 - step.centreX;
  const dy = tile.y + tile.height / 2 - step.centreY;
  const reach = Math.hypot(tile.width, tile.height) / 2;
  const { least, most } = boxDistances(step, dx, dy, reach);
  return least > step.grow + step.rim / 2 ? FAR : most < step.grow - step.rim / 2 ? -FAR : null;
}

function putLevels(
  layer: Float64Array,
  { erase }: MaskStep,
  tile: Tile,
  levelAt: (x: number, y: number) => number,
): void {
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const at = row * tile.width + column;
      const level = levelAt(tile.x + column + 0.5, tile.y + row + 0.5);
      const before = layer[at] ?? 0;
      layer[at] = erase ? Math.max(before, -level) : Math.min(before, level);
    }
  }
}

function combine(total: Float64Array, layer: Float64Array, by: MaskStep['ends']): void {
  for (let i = 0; i < total.length; i++) {
    const [a, b] = [total[i] ?? 0, layer[i] ?? 0];
    total[i] = by === 'add' ? Math.min(a, b) : Math.max(a, by === 'subtract' ? -b : b);
  }
}

function writeTile(mask: Uint8Array, total: Float64Array, tile: Tile, invert: boolean): void {
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const inside = coverageOf(total[row * tile.width + column] ?? 0);
      const value = invert ? 1 - inside : inside;
      mask[(tile.y + row) * tile.stride + tile.x + column] = Math.floor(value * 255 + 0.5);
    }
  }
}
