import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { Planes } from './planes.ts';
import { makeTarget, RECIPES } from './registry.ts';

/* The fixture is what `training/write_edit_targets.py` writes: one tile of 64 x 48 per edit, below the source. */

const FIXTURE = new URL('../fixtures/edit-targets', import.meta.url).pathname;
const facts = JSON.parse(readFileSync(`${FIXTURE}.json`, 'utf8')) as {
  width: number;
  height: number;
  color: [number, number, number];
  tiles: string[];
  places: Record<string, string>;
};
const strip = decode(readFileSync(`${FIXTURE}.png`));
const colour = facts.color.map((value) => value / 255) as [number, number, number];

function tile(name: string): Planes {
  const { width, height } = facts;
  const area = width * height;
  const from = facts.tiles.indexOf(name) * area;
  const data = new Float32Array(3 * area);
  for (let i = 0; i < data.length; i++) {
    const pixel = from + (i % area);
    data[i] = (strip.data[pixel * 3 + Math.floor(i / area)] ?? 0) / 255;
  }
  return { channels: 3, height, width, data };
}

describe('targets as the training makes them', () => {
  it('knows the same edits at the same places', () => {
    const places = Object.fromEntries(
      Object.entries(RECIPES).map(([name, { place }]) => [name, place]),
    );
    expect(places).toEqual(facts.places);
    expect(Object.keys(RECIPES)).toEqual(facts.tiles.slice(1));
  });

  it.each(facts.tiles.slice(1))('%s', (name) => {
    const made = makeTarget(name, tile('source'), colour);
    const wanted = tile(name);
    const differences = made.data.map((value, i) => Math.abs(value - (wanted.data[i] ?? 0)));
    expect(made.data).toHaveLength(wanted.data.length);
    // The fixture is rounded to 8 bits: half a step is its own.
    expect(Math.max(...differences)).toBeLessThanOrEqual(0.51 / 255);
  });
});
