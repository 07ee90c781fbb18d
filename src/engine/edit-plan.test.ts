import { describe, expect, it } from 'vitest';
import type { Manifest } from '../models/manifest.ts';
import type { Edit, Project } from '../project/document.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import { exampleMask } from '../project/testing/example-mask.ts';
import { planBatchSize, planEdit, type EditPlan, type PlanContext } from './edit-plan.ts';
import type { ModelPackage } from './package.ts';
import { exampleManifest } from './testing/memory-source.ts';

const manifest = exampleManifest();
const modelPackage: ModelPackage = {
  manifest,
  hash: 'h',
  readFile: async () => await Promise.reject(new Error('a plan reads no weights')),
};
const base = exampleEdit({ id: 'a', span: { from: 200_000, to: 900_000 } });
const mask = exampleMask(0.5);

function context(edits: readonly Edit[], changes: Partial<PlanContext> = {}): PlanContext {
  const project: Project = { version: 2, id: 'p', name: 'p', clips: [], pieces: [], edits };
  return {
    project,
    clip: {
      width: 854,
      height: 480,
      fingerprint: 'f',
      times: Float64Array.from({ length: 12 }, (_, i) => i * 100_000),
    },
    runtime: 'cpu',
    openPackage: async () => modelPackage,
    ...changes,
  };
}

const plan = async (changes: Partial<Edit> = {}, rest: Partial<PlanContext> = {}) =>
  await planEdit('a', context([{ ...base, ...changes }], rest));

describe('planEdit', () => {
  it('finds frames, anchors, size and batches', async () => {
    const { range, anchors, modelSize, batches, below } = await plan();
    expect(range).toEqual({ from: 2, to: 9 });
    expect(anchors).toEqual([2, 4, 6, 8]);
    expect(modelSize).toEqual({ width: 352, height: 192 });
    expect(batches.map((batch) => batch.frames)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 6],
    ]);
    expect(below).toEqual([]);
  });

  it('refuses a package with motion modules before it is loaded', async () => {
    const segments = manifest.segments.map((segment) =>
      segment.site?.kind === 'self'
        ? { ...segment, site: { ...segment.site, kind: 'temporal' as const } }
        : segment,
    );
    const openPackage = async () => ({ ...modelPackage, manifest: { ...manifest, segments } });
    await expect(plan({}, { openPackage })).rejects.toMatchObject({
      code: 'model/unsupported',
      detail: expect.stringContaining('motion modules') as string,
    });
  });

  it('refuses a package whose sampler clamps the latents before it is loaded', async () => {
    const scheduler = { ...manifest.scheduler, clipSample: true };
    const openPackage = async () => ({ ...modelPackage, manifest: exampleManifest({ scheduler }) });
    await expect(plan({}, { openPackage })).rejects.toMatchObject({
      code: 'model/unsupported',
      detail: expect.stringContaining('clamps') as unknown,
    });
  });

  it('refuses steps and strengths that a distilled model has no room for', async () => {
    const scheduler = { ...manifest.scheduler, kind: 'lcm' as const };
    const openPackage = async () => ({ ...modelPackage, manifest: exampleManifest({ scheduler }) });
    const settings = base.settings;
    for (const [steps, strength, words] of [
      [4, 0.05, 'strength 0.05 leaves 2 of them, fewer than 4'],
      [4, 0.01, 'strength 0.01 leaves 0 of them, fewer than 4'],
      [60, 1, 'strength 1 leaves 50 of them, fewer than 60'],
    ] as const) {
      const edit = { settings: { ...settings, steps, strength } };
      await expect(plan(edit, { openPackage })).rejects.toMatchObject({
        code: 'edit/bad-setting',
        detail: expect.stringContaining(words) as string,
      });
    }
    const fits = { settings: { ...settings, steps: 4, strength: 0.08 } };
    await expect(plan(fits, { openPackage })).resolves.toMatchObject({ batches: [{}, {}] });
  });

  it('names results by all that decides them and nothing else', async () => {
    const { recipe, base: source } = await plan();
    const settings = base.settings;
    const same = await Promise.all([
      plan({ amount: [{ time: 0, value: 0.5 }] }),
      plan({ enabled: false, promptKind: 'caption' }),
      plan({ negative: 'blur' }),
      plan({ span: { from: 150_000, to: 850_000 } }),
    ]);
    expect(same.map((other) => other.recipe)).toEqual(same.map(() => recipe));
    const others = await Promise.all([
      plan({ prompt: 'make it day' }),
      plan({ span: { from: 200_000, to: 1_000_000 } }),
      plan({ mask }),
      ...(['seed', 'steps', 'anchors'] as const).map((name) =>
        plan({ settings: { ...settings, [name]: 2 } }),
      ),
      plan({ settings: { ...settings, strength: 0.5 } }),
      plan({ settings: { ...settings, mode: 'own+anchors' } }),
    ]);
    expect(new Set([recipe, ...others.map((other) => other.recipe)]).size).toBe(others.length + 1);
    expect(others.map((other) => other.base)).toEqual(others.map(() => source));
    expect((await plan({ settings: { ...settings, size: 128 } })).base).not.toBe(source);
    expect((await plan({}, { runtime: 'webgpu' })).recipe).not.toBe(recipe);
  });

  it('lets the soft rim of a mask change freely, but not its place', async () => {
    const hard = await plan({ mask });
    expect((await plan({ mask: { ...mask, feather: 0.4 } })).recipe).toBe(hard.recipe);
    expect((await plan({ mask: { ...mask, invert: true } })).recipe).not.toBe(hard.recipe);
  });

  it('names how a masked edit is merged, and no other edit', async () => {
    const merged = async (merge: NonNullable<Edit['settings']['merge']>, shape: Edit['mask']) =>
      (await plan({ mask: shape, settings: { ...base.settings, merge } })).recipe;
    const hard = (await plan({ mask })).recipe;
    expect(await merged({ source: 'renoise', ramp: 'none' }, mask)).toBe(hard);
    const others = [
      await merged({ source: 'invert' }, mask),
      await merged({ ramp: 'space' }, mask),
      await merged({ ramp: 'time' }, mask),
      await merged({ ramp: 'time', rampLength: 2 }, mask),
    ];
    expect(new Set([hard, ...others]).size).toBe(5);
    expect(await merged({ ramp: 'none', rampLength: 3 }, mask)).toBe(hard);
    expect(await merged({ source: 'invert', ramp: 'space' }, null)).toBe((await plan()).recipe);
  });

  it('names how many steps read the anchors where some do not', async () => {
    const named = async (settings: Partial<Edit['settings']>) =>
      (await plan({ settings: { ...base.settings, ...settings } })).recipe;
    const all = await named({});
    expect([await named({ swapSteps: 4 }), await named({ swapSteps: 9 })]).toEqual([all, all]);
    expect(await named({ swapSteps: 3 })).not.toBe(all);
    // Half the strength runs two of the four steps.
    const half = await named({ strength: 0.5 });
    expect(await named({ strength: 0.5, swapSteps: 2 })).toBe(half);
    expect(await named({ strength: 0.5, swapSteps: 1 })).not.toBe(half);
    const alone = { mode: 'independent' } as const;
    expect(await named({ ...alone, swapSteps: 3 })).toBe(await named(alone));
  });

  it('names scales of guidance that are read and are not the package’s own', async () => {
    const named = async (
      changes: Partial<Manifest>,
      guidance?: NonNullable<Edit['settings']['guidance']>,
    ) => {
      const settings = { ...base.settings, ...(guidance === undefined ? {} : { guidance }) };
      const openPackage = async () => ({ ...modelPackage, manifest: exampleManifest(changes) });
      return (await plan({ settings }, { openPackage })).recipe;
    };
    const [prompt, negative, none] = [
      { text: 'prompt', image: true },
      { text: 'negative', image: true },
      { text: 'empty', image: false },
    ] as const;
    const one = { branches: [prompt] };
    const own = await named(one);
    expect(await named(one, { text: 5, image: 2, rescale: 0.5 })).toBe(own);
    const embedded = { ...one, timeEmbedding: { ...manifest.timeEmbedding, condChannels: 8 } };
    expect(await named(embedded, { text: 5 })).not.toBe(await named(embedded));
    expect(await named(embedded, { image: 2, rescale: 0.5 })).toBe(await named(embedded));
    const two = { branches: [prompt, negative], guidance: { text: 7 } };
    expect(await named(two, { text: 5 })).not.toBe(await named(two));
    expect(await named(two, { rescale: 0.5 })).not.toBe(await named(two));
    expect(await named(two, { text: 7, image: 2, rescale: 0 })).toBe(await named(two));
    const three = { branches: [prompt, negative, none], guidance: { text: 7, image: 1.5 } };
    expect(await named(three, { image: 2 })).not.toBe(await named(three));
    expect(await named(three, { image: 1.5 })).toBe(await named(three));
  });

  it('refuses to invert with a model that predicts the picture, and settings out of range', async () => {
    const openPackage = async () => ({
      ...modelPackage,
      manifest: exampleManifest({ prediction: 'sample' }),
    });
    const settings = { ...base.settings, merge: { source: 'invert' } } as const;
    await expect(plan({ mask, settings }, { openPackage })).rejects.toMatchObject({
      code: 'edit/bad-setting',
      detail: expect.stringContaining('choose renoise') as unknown,
    });
    expect((await plan({ settings }, { openPackage })).anchors).toHaveLength(4);
    for (const wrong of [
      { merge: { rampLength: 0 } },
      { merge: { rampLength: 1.5 } },
      { merge: { ramp: 'sideways' as 'time' } },
      { swapSteps: 0 },
      { guidance: { rescale: 1.1 } },
      { guidance: { text: NaN } },
      { guidance: { image: -1 } },
    ]) {
      await expect(plan({ settings: { ...base.settings, ...wrong } })).rejects.toMatchObject({
        code: 'edit/bad-setting',
      });
    }
  });

  it('gives scenes anchors and batches of their own where the edit asks for it', async () => {
    const settings = { ...base.settings, anchors: 2, scenes: true };
    const asked: unknown[] = [];
    const findCuts = async (range: unknown) => {
      asked.push(range);
      return [5];
    };
    const cut = await plan({ settings }, { findCuts });
    expect(asked).toEqual([{ from: 2, to: 9 }]);
    expect(cut.scenes.map((scene) => scene.anchors)).toEqual([
      [2, 4],
      [5, 8],
    ]);
    expect(cut.anchors).toEqual([2, 4, 5, 8]);
    expect(cut.batches).toEqual([
      { index: 0, frames: [0, 1, 2, 2], real: 3 },
      { index: 1, frames: [3, 4, 5, 6], real: 4 },
    ]);
    expect(cut.scenes.flatMap((scene) => scene.batches)).toEqual(cut.batches);
    const whole = await plan({ settings: { ...settings, scenes: false } }, { findCuts });
    expect(asked).toHaveLength(1);
    expect(whole.scenes).toHaveLength(1);
    expect(whole.recipe).not.toBe(cut.recipe);
    const uncut = await plan({ settings }, { findCuts: async () => [] });
    expect(uncut.recipe).toBe(whole.recipe);
  });

  it('builds on the edits below that share frames, and on how they are blended', async () => {
    const lower: Edit = { ...base, id: 'low', prompt: 'add fog' };
    const alone = await plan();
    const stacked = await planEdit('a', context([lower, base]));
    expect(stacked.below).toEqual([
      { editId: 'low', ...pick(await planEdit('low', context([lower, base]))) },
    ]);
    expect([stacked.recipe === alone.recipe, stacked.base === alone.base]).toEqual([false, false]);
    const fainter = await planEdit(
      'a',
      context([{ ...lower, amount: [{ time: 0, value: 0.5 }] }, base]),
    );
    expect(fainter.recipe).not.toBe(stacked.recipe);
    const unrelated = [
      { ...lower, enabled: false },
      { ...lower, span: { from: 900_000, to: 1_200_000 } },
      { ...lower, clipId: 'other' },
    ];
    for (const edit of unrelated) {
      expect((await planEdit('a', context([edit, base]))).recipe).toBe(alone.recipe);
    }
    expect((await planEdit('a', context([base, lower]))).recipe).toBe(alone.recipe);
  });

  it('opens each package once, however many edits lie over each other', async () => {
    const stack = Array.from({ length: 8 }, (_, i): Edit => ({ ...base, id: `edit ${i}` }));
    const opened: string[] = [];
    const rest = context(stack);
    const { below } = await planEdit('edit 7', {
      ...rest,
      openPackage: async (id) => {
        opened.push(id);
        return await rest.openPackage(id);
      },
    });
    expect(below.map(({ editId }) => editId)).toEqual(stack.slice(0, 7).map(({ id }) => id));
    expect(opened).toEqual(['starter']);
  });

  it('uses one frame per batch for a chain and no anchors without any', async () => {
    const chain = await plan({ settings: { ...base.settings, mode: 'previous+first' } });
    expect(chain.batches.map((batch) => batch.frames)).toEqual([[0], [1], [2], [3], [4], [5], [6]]);
    expect((await plan({ settings: { ...base.settings, mode: 'independent' } })).anchors).toEqual(
      [],
    );
    expect((await plan({ settings: { ...base.settings, mode: 'first' } })).anchors).toEqual([2]);
  });

  it('says where an empty span lies', async () => {
    await expect(plan({ span: { from: 110_000, to: 190_000 } })).rejects.toMatchObject({
      code: 'edit/empty-span',
      detail: 'It goes from 0.11 s to 0.19 s; the clip’s frames lie from 0 s to 1.10 s.',
    });
  });
});

describe('planBatchSize', () => {
  it('shrinks with size and branches and stays from 1 to 8', () => {
    const square = (side: number) => ({ width: side, height: side });
    expect(planBatchSize(square(256), 'cpu', 1)).toBe(4);
    expect(planBatchSize(square(64), 'cpu', 1)).toBe(8);
    expect(planBatchSize(square(512), 'cpu', 3)).toBe(1);
    expect(planBatchSize(square(256), 'webgpu', 1)).toBe(8);
  });
});

function pick({ recipe, base: source, anchors }: EditPlan) {
  return { recipe, base: source, anchors };
}
