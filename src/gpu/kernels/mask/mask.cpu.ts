import type { Size } from '../../../base/units.ts';
import {
  allEdges,
  fillPath,
  tileEdges,
  type NearEdges,
  type Tile,
  writeEdgeLevels,
} from './mask-edges.ts';
import { boxDistance, boxDistances } from './mask-box.ts';
import { planMask, type BoxStep, type MaskProgram, type MaskStep } from './mask-program.ts';
import { coverageOf, type Combine, type MaskShape } from './mask-shape.ts';

/**
 * Sides of tiles in pixels, each a part of the one before. What all pixels of a tile have in common is found in the
 * largest there is: most of a picture is all in or out, and near the rim a small tile has few edges to look at.
 */
const SMALLEST = 8;
const TILES = [128, 32, SMALLEST] as const;
/** Levels from half a rim on are all alike: nothing or everything. */
const FAR = 1;

/** One byte per pixel, 255 = edit here. */
export function rasteriseMask(shape: MaskShape, size: Size): Uint8Array<ArrayBuffer> {
  const program = planMask(shape, size);
  const mask = new Uint8Array(size.width * size.height);
  const insides = program.steps.map((step) =>
    step.kind === 'path' ? fillPath(program.edges, step, size) : null,
  );
  const all = program.steps.map((step): NearEdges =>
    step.kind === 'path' || step.kind === 'stroke' ? allEdges(step) : FAR,
  );
  const whole = { x: 0, y: 0, ...size, stride: size.width };
  drawTiles({ program, insides, mask }, whole, all, 0);
  return mask;
}

type Drawing = {
  readonly program: MaskProgram;
  /** Of steps that are paths: which pixels lie inside. */
  readonly insides: readonly (Uint8Array | null)[];
  readonly mask: Uint8Array;
};

/** Draws an area in tiles of one size; those that are not all alike in tiles of the next. */
function drawTiles(
  drawing: Drawing,
  area: Tile,
  candidates: readonly NearEdges[],
  depth: number,
): void {
  const { program, mask } = drawing;
  const side = TILES[depth] ?? 1;
  const right = area.x + area.width;
  const bottom = area.y + area.height;
  for (let y = area.y; y < bottom; y += side) {
    for (let x = area.x; x < right; x += side) {
      const { stride } = area;
      const [width, height] = [Math.min(side, right - x), Math.min(side, bottom - y)];
      const tile = { x, y, width, height, stride };
      const near = candidates.map((edges, i) => nearIn(drawing, tile, i, edges));
      const flat = flatLevel(program, near);
      if (flat !== null) {
        fillTile(mask, byteOf(flat, program.invert), tile);
      } else if (depth + 1 < TILES.length) {
        drawTiles(drawing, tile, near, depth + 1);
      } else {
        drawPixels(drawing, tile, near);
      }
    }
  }
}

/** No edges to look at: boxes tell the level of each pixel by themselves. */
const NO_EDGES: readonly number[] = [];

/** What a step needs in a tile: edges, or nothing but a level. What a larger tile knew holds in all its parts. */
function nearIn(
  { program, insides }: Drawing,
  tile: Tile,
  index: number,
  candidates: NearEdges,
): NearEdges {
  const step = program.steps[index];
  switch (step?.kind) {
    case 'rectangle':
    case 'ellipse':
      return tileLevel(step, tile) ?? NO_EDGES;
    case 'path':
    case 'stroke':
      return typeof candidates === 'number'
        ? candidates
        : tileEdges(program.edges, step, insides[index] ?? null, tile, candidates);
    case 'nothing':
    case undefined:
      return FAR;
  }
}

// Of one tile, used again for each.
const total = new Float64Array(SMALLEST * SMALLEST);
const layer = new Float64Array(SMALLEST * SMALLEST);
const levels = new Float64Array(SMALLEST * SMALLEST);

function drawPixels(drawing: Drawing, tile: Tile, near: readonly NearEdges[]): void {
  const { program, insides, mask } = drawing;
  total.fill(program.startsFull ? -FAR : FAR);
  program.steps.forEach((step, i) => {
    if (step.begins) {
      layer.fill(FAR);
    }
    const found = near[i] ?? FAR;
    // What covers nothing here changes nothing; nor does what takes nothing away.
    if (found !== FAR) {
      putStep(drawing, step, found, insides[i] ?? null, tile);
    }
    if (step.ends !== null) {
      combineAll(total, layer, step.ends);
    }
  });
  writeTile(mask, total, tile, program.invert);
}

/** Puts the levels of a step on its layer, for each pixel of a tile by its centre. */
function putStep(
  { program: { edges } }: Drawing,
  step: MaskStep,
  near: NearEdges,
  inside: Uint8Array | null,
  tile: Tile,
): void {
  if (typeof near !== 'number' && (step.kind === 'path' || step.kind === 'stroke')) {
    writeEdgeLevels(levels, edges, near, step, inside, tile);
  } else if (typeof near !== 'number' && (step.kind === 'rectangle' || step.kind === 'ellipse')) {
    writeBoxLevels(step, tile);
  } else {
    levels.fill(typeof near === 'number' ? near : FAR);
  }
  const count = tile.width * tile.height;
  for (let at = 0; at < count; at++) {
    layer[at] = put(layer[at] ?? 0, levels[at] ?? 0, step.erase);
  }
}

function writeBoxLevels(step: MaskStep & BoxStep, tile: Tile): void {
  for (let row = 0; row < tile.height; row++) {
    const y = tile.y + row + 0.5 - step.centreY;
    for (let column = 0; column < tile.width; column++) {
      const distance = boxDistance(step, tile.x + column + 0.5 - step.centreX, y);
      levels[row * tile.width + column] = (distance - step.grow) / step.rim;
    }
  }
}

/**
 * The level of a whole tile, else null. A step whose level is not the same all over may be anything; yet where another
 * shape covers the tile, or cuts it away, that does not matter.
 */
function flatLevel({ steps, startsFull }: MaskProgram, near: readonly NearEdges[]): number | null {
  let least = startsFull ? -FAR : FAR;
  let most = least;
  let layerLeast = FAR;
  let layerMost = FAR;
  for (const [i, { begins, erase, ends }] of steps.entries()) {
    const level = near[i];
    const [low, high] = typeof level === 'number' ? [level, level] : [-FAR, FAR];
    layerLeast = put(begins ? FAR : layerLeast, erase ? high : low, erase);
    layerMost = put(begins ? FAR : layerMost, erase ? low : high, erase);
    if (ends !== null) {
      const isTaken = ends === 'subtract';
      least = combine(least, isTaken ? layerMost : layerLeast, ends);
      most = combine(most, isTaken ? layerLeast : layerMost, ends);
    }
  }
  return least === most ? least : null;
}

/** The one level of all pixels of a tile (1 outside, -1 inside) where the rim of a box does not come near it, else null. */
function tileLevel(step: MaskStep & BoxStep, tile: Tile): number | null {
  const dx = tile.x + tile.width / 2 - step.centreX;
  const dy = tile.y + tile.height / 2 - step.centreY;
  const reach = Math.hypot(tile.width, tile.height) / 2;
  const { least, most } = boxDistances(step, dx, dy, reach);
  return least > step.grow + step.rim / 2 ? FAR : most < step.grow - step.rim / 2 ? -FAR : null;
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
