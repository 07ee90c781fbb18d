import { describe, expect, it } from 'vitest';
import { must } from '../base/assert.ts';
import { createProject } from '../project/commands.ts';
import type { AttentionMode } from '../project/document.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import type { Picture } from '../protocol/media.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { createRenderer } from './renderer.ts';

const BASE = 100;

/** Seven frames of a grey that stands still, whose edits flicker between 40 and 60. */
const store: Pick<PictureStore, 'get' | 'has'> = {
  get: (recipe, frame) => Promise.resolve(flat(recipe === 'base' ? BASE : 40 + 20 * (frame % 2))),
  has: () => Promise.resolve(true),
};

function flat(level: number): Picture {
  const data = new Uint8ClampedArray(32 * 32 * 4).fill(level);
  return { width: 32, height: 32, data };
}

async function shownLevel(mode: AttentionMode): Promise<number> {
  const example = exampleEdit({ id: 'edit', mask: null });
  const edit = { ...example, settings: { ...example.settings, mode } };
  const project = { ...createProject('p', 'P'), edits: [edit] };
  const renderer = createRenderer({ pictures: store, gpu: null });
  try {
    const results = [{ editId: 'edit', recipe: 'recipe', base: 'base', anchors: [] }];
    const frame = { index: 3, time: edit.span.from, duration: 1, picture: flat(BASE) };
    const { picture } = await renderer.render(project, results, edit.clipId, frame);
    return must(picture.data[0], 'a level');
  } finally {
    renderer.dispose();
  }
}

describe('a shown frame', () => {
  it('is steadied with its neighbours, but where frames are edited independently', async () => {
    expect(await shownLevel('swap')).toBeLessThan(55);
    expect(await shownLevel('independent')).toBe(60);
  });
});
