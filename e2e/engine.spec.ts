import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EditOptions, EditOutcome, ExportOutcome, StackOutcome } from './browser/engine.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/engine.ts';
const ALL = Array.from({ length: 12 }, (_, i) => i);

let harness: Harness;

async function run(options: EditOptions): Promise<EditOutcome> {
  return await harness.call<EditOutcome>(MODULE, 'runEdit', options);
}

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

describe('an edit on the processor', () => {
  let reference: EditOutcome;

  beforeAll(async () => {
    reference = await run({});
  });

  it('stores an edited picture and its decoded source for every frame of the span', () => {
    expect(reference.error).toBeNull();
    expect(reference.finished).toEqual(ALL);
    expect(Object.keys(reference.edited).map(Number)).toEqual(ALL);
    expect(Object.keys(reference.base).map(Number)).toEqual(ALL);
    expect(reference.size).toEqual([64, 64]);
    expect(reference.stages).toEqual(['opening', 'loading-model', 'preparing', 'rendering']);
    expect(reference.summary).toMatchObject({ frames: 12, edited: 12, reused: 0 });
    expect(new Set(Object.values(reference.edited)).size).toBe(12);
  });

  it('gives the same pictures bit for bit a second time', async () => {
    expect((await run({})).edited).toEqual(reference.edited);
  });

  it.each([1, 3, 8])(
    'gives the same pictures with chunks of %i batches and no kept bank',
    async (size) => {
      const other = await run({ bankBudget: 0, batchesPerChunk: size });
      expect(other.error).toBeNull();
      expect(other.edited).toEqual(reference.edited);
    },
  );

  it('gathers more anchors than a run holds in groups, whatever the chunks', async () => {
    const settings = { anchors: 5 };
    const groups = await run({ settings, batchSize: 2 });
    expect(groups.error).toBeNull();
    const chunked = await run({ settings, batchSize: 2, bankBudget: 0, batchesPerChunk: 3 });
    expect(chunked.edited).toEqual(groups.edited);
    const { most, frames } = await harness.call<{ most: number; frames: number }>(
      MODULE,
      'largestDifference',
      { settings, batchSize: 2 },
      { settings, batchSize: 8 },
    );
    expect(frames).toBe(12);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('gives other pictures for another seed, prompt or mode, from the same decoded source', async () => {
    const others = [
      await run({ settings: { seed: 8 } }),
      await run({ prompt: 'add fog' }),
      await run({ settings: { mode: 'own+anchors' } }),
      await run({ settings: { mode: 'independent' } }),
      await run({ settings: { mode: 'first' } }),
    ];
    const last = [reference, ...others].map((outcome) => outcome.edited[11]);
    expect(new Set(last).size).toBe(6);
    expect(others.map((outcome) => outcome.base)).toEqual(others.map(() => reference.base));
  });

  it('reads one anchor alone in mode first, which is swap with one anchor', async () => {
    const first = await run({ settings: { mode: 'first' } });
    expect(first.edited).toEqual((await run({ settings: { anchors: 1 } })).edited);
  });

  it('stops between steps when cancelled, keeps what is done and goes on from there', async () => {
    const cancelled = await run({ cancelAt: 4 });
    expect(cancelled.error?.code).toBe('job/cancelled');
    const kept = Object.keys(cancelled.edited).length;
    expect(kept).toBeGreaterThanOrEqual(4);
    expect(kept).toBeLessThan(12);
    const resumed = await run({ resumes: true });
    expect(resumed.summary).toMatchObject({ edited: 12 - kept, reused: kept });
    expect(resumed.edited).toEqual(reference.edited);
    const again = await run({ resumes: true });
    expect(again.summary).toMatchObject({ edited: 0, reused: 12 });
    expect(again.stages).toEqual(['opening']);
  });

  it('runs again after a run that failed', async () => {
    const { error } = await run({ failsRun: true });
    expect(error?.code).toBe('engine/run-failed');
    expect(error?.detail).toContain('this run fails');
    expect((await run({ resumes: true })).edited).toEqual(reference.edited);
  });

  it('answers a cancelled job that waits at once, and leaves the running one alone', async () => {
    const ends = await harness.call<string[]>(MODULE, 'cancelWaiting');
    expect(ends).toEqual(['second: job/cancelled', 'first: 12 frames']);
  });

  it('previews one frame with the pictures of the whole run', async () => {
    const preview = await run({ onlyFrame: 9 });
    const made = Object.keys(preview.edited).map(Number);
    expect(made).toContain(9);
    expect(made.length).toBeLessThan(12);
    expect(preview.rendered).toEqual({ done: made.length, total: made.length });
    expect(preview.edited[9]).toBe(reference.edited[9]);
  });

  it('chains frames in mode previous + first, and resumes it with the same result', async () => {
    const settings = { mode: 'previous+first', size: 64 } as const;
    const whole = await run({ settings, to: 500_000 });
    expect(whole.error).toBeNull();
    expect(Object.keys(whole.edited)).toHaveLength(5);
    await run({ settings, to: 500_000, cancelAt: 2 });
    expect((await run({ settings, to: 500_000, resumes: true })).edited).toEqual(whole.edited);
    // Resumed with less memory: step by step over the whole scene.
    await run({ settings, to: 500_000, cancelAt: 2 });
    const short = await run({ settings, to: 500_000, resumes: true, bankBudget: 0 });
    expect(short.summary).toMatchObject({ frames: 5, edited: 3, reused: 2 });
    expect(short.edited).toEqual(whole.edited);
    expect(short.rendered).toEqual({ done: 5, total: 5 });
  });

  it('runs a scene after a cut as if the other did not exist', async () => {
    const cut = { frames: 20, cutAt: 10, settings: { steps: 1, anchors: 2 } };
    const scenes = await run({ ...cut, settings: { ...cut.settings, scenes: true } });
    expect(scenes.error).toBeNull();
    expect(Object.keys(scenes.edited)).toHaveLength(20);
    const first = await run({ ...cut, to: 1_000_000 });
    expect(Object.keys(first.edited)).toHaveLength(10);
    expect(scenes.edited).toMatchObject(first.edited);
    const whole = await run(cut);
    expect(whole.edited[9]).not.toBe(scenes.edited[9]);
    expect(whole.edited[15]).not.toBe(scenes.edited[15]);
  });

  it('steers the latents by the mask, but not by its soft rim', async () => {
    const box = {
      time: 0,
      easing: 'linear',
      x: 0,
      y: 0,
      width: 0.5,
      height: 1,
      rotation: 0,
    } as const;
    const layer = { id: 'a', combine: 'add', shape: 'rectangle', keyframes: [box] } as const;
    const mask = { feather: 0.1, grow: 0, invert: false, layers: [layer] };
    const masked = await run({ mask });
    expect(masked.error).toBeNull();
    expect(masked.edited[3]).not.toBe(reference.edited[3]);
    const feathered = await run({ mask: { ...mask, feather: 0.3 }, resumes: true });
    expect(feathered.summary).toMatchObject({ edited: 0, reused: 12 });
  });

  it('says which part of a long prompt was cut', async () => {
    const prompt = `${'make it night and '.repeat(30)} add snow`;
    const { notices } = await run({ prompt, onlyFrame: 0 });
    expect(notices.join()).toMatch(/77 tokens.*add snow/);
  });

  it.each([
    [{ prompt: '  ' }, 'prompt/empty', /$/],
    [{ to: 0 }, 'edit/empty-span', /0\.00 s to 0\.00 s/],
    [{ settings: { steps: 0 } }, 'edit/bad-setting', /steps must be a whole number from 1 to 100/],
    [{ settings: { strength: 0 } }, 'edit/bad-setting', /strength must be above 0/],
    [{ settings: { size: 100_000 } }, 'edit/bad-setting', /size must be .* from 64 to 1024/],
    [{ settings: { anchors: 17 } }, 'edit/bad-setting', /anchors must be .* from 1 to 16/],
    [{ settings: { model: 'no-such-model' } }, 'model/not-found', /no-such-model/],
  ] as const)('refuses %j before any work', async (options, code, detail) => {
    const { error, finished } = await run(options);
    expect(error?.code).toBe(code);
    expect(error?.detail).toMatch(detail);
    expect(finished).toEqual([]);
  });
});

describe('an edit above another', () => {
  it('asks for the lower one first and then builds on its picture', async () => {
    const stack = await harness.call<StackOutcome>(MODULE, 'runStack');
    expect(stack.withoutLower).toMatch(
      /edit below this one is not finished\. It has no picture at frame 0/,
    );
    expect(stack.stacked).toMatch(/^[0-9a-f]{64}$/);
    expect(stack.stacked).not.toBe(stack.alone);
  });
});

describe('an export', () => {
  it('holds every frame at the clip’s size and hands out those of the span', async () => {
    const { summary, code, frames, reopened } = await harness.call<ExportOutcome>(
      MODULE,
      'runExport',
    );
    expect(code).toBeNull();
    expect(summary).toMatchObject({
      frames: 10,
      width: 192,
      height: 128,
      duration: 1,
      audioHandling: 'none',
      notices: [],
    });
    expect(frames).toEqual([0, 1, 2, 3, 4].map((index) => ({ index, width: 192, height: 128 })));
    expect(reopened).toEqual({ frames: 10, width: 192, height: 128 });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const { summary, code, bytes } = await harness.call<ExportOutcome>(MODULE, 'runExport', 2);
    expect([summary, code, bytes]).toEqual([null, 'job/cancelled', 0]);
  });
});

describe('the chunk loop', () => {
  it('does what a plain loop over single frames does, and frees every tensor', async () => {
    const { most, deviation, leaked, frames } = await harness.call<{
      most: number;
      deviation: number;
      leaked: number;
      frames: number;
    }>('e2e/browser/engine-oracle.ts', 'compareWithPlainWay');
    expect(frames).toBe(5);
    expect(deviation).toBeGreaterThan(0.1);
    // float32 sums in another order; 40 layers deep.
    expect(most).toBeLessThan(1e-3 * deviation);
    expect(leaked).toBe(0);
  });
});

describe('an edit on WebGPU', () => {
  // The software adapter computes at 0.5 GFLOP/s: half a minute alone, minutes beside other work.
  it('survives the loss of the GPU and gives the processor’s pictures within 2 of 255', async () => {
    const small = { frames: 2, batchSize: 2, settings: { steps: 1, anchors: 2 } };
    const { frames, most, notices } = await harness.call<{
      frames: number;
      most: number;
      notices: readonly string[];
    }>(
      MODULE,
      'largestDifference',
      { ...small, runtime: 'cpu' },
      { ...small, runtime: 'webgpu', losesDevice: true },
    );
    expect(frames).toBe(2);
    expect(most).toBeLessThanOrEqual(2);
    expect(notices).toEqual(['The GPU was lost and is being set up again.']);
  }, 480_000);
});
