import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { GpuContext } from '../../context.ts';
import { openTestContext } from '../../testing/device.ts';
import { shapeClass } from './shape-class.ts';
import { TilingProbe } from './tiling-probe.ts';
import { DEFAULT_TILING, smallestSubgroup, tilingName, type Tiling } from './tilings.ts';
import { AttentionTuner, type TilingRecord } from './tuner.ts';

const WORK = { elem: 'f32', batch: 1, heads: 1, headDim: 24, queries: 70, keys: 40 } as const;
const OTHER: Tiling = { columns: 8, rowGroups: 4, lanes: 1 };
/** Compiling a shader takes a software adapter seconds on a busy machine. */
const PATIENCE = { timeout: 300_000 };

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());
afterEach(() => {
  vi.restoreAllMocks();
});

function tunerOf(candidates: readonly Tiling[], known: TilingRecord = {}) {
  const learned: TilingRecord[] = [];
  const onLearned = (record: TilingRecord): void => void learned.push(record);
  return { tuner: new AttentionTuner({ context, known, candidates, onLearned }), learned };
}

/** Really runs each tiling, and then says that it took so long. */
function pretendTimes(ms: Readonly<Record<string, number>>): string[] {
  const real = Object.getOwnPropertyDescriptor(TilingProbe.prototype, 'time')
    ?.value as TilingProbe['time'];
  const measured: string[] = [];
  vi.spyOn(TilingProbe.prototype, 'time').mockImplementation(async function (
    this: TilingProbe,
    tiling,
  ) {
    expect(await real.call(this, tiling)).toBeGreaterThan(0);
    measured.push(tilingName(tiling));
    return ms[tilingName(tiling)] ?? NaN;
  });
  return measured;
}

it('takes what is clearly quicker, measures a class once and remembers it', PATIENCE, async () => {
  const [first, second] = [tilingName(DEFAULT_TILING), tilingName(OTHER)];
  const measured = pretendTimes({ [first]: 10, [second]: 8 });
  const { tuner, learned } = tunerOf([OTHER]);
  expect(tuner.knows([WORK])).toBe(false);
  expect(tuner.tilingOf(WORK)).toBe(DEFAULT_TILING);
  await tuner.learn([WORK, { ...WORK, queries: 72 }]);
  expect(measured).toEqual([first, second]);
  expect(tuner.tilingOf(WORK)).toEqual(OTHER);
  expect(learned).toEqual([{ [shapeClass(WORK)]: second }]);
  const again = tunerOf([OTHER], learned[0]);
  expect(again.tuner.knows([WORK])).toBe(true);
  await again.tuner.learn([WORK]);
  expect(again.tuner.tilingOf(WORK)).toEqual(OTHER);
  expect(measured).toHaveLength(2);
});

it(
  'stays with the default for a few per cent, and measures what a record does not know',
  PATIENCE,
  async () => {
    const [first, second] = [tilingName(DEFAULT_TILING), tilingName(OTHER)];
    const measured = pretendTimes({ [first]: 10, [second]: 9.8 });
    const { tuner } = tunerOf([OTHER], { [shapeClass(WORK)]: '3x3s64' });
    await tuner.learn([WORK]);
    expect(measured).toEqual([first, second]);
    expect(tuner.tilingOf(WORK)).toEqual(DEFAULT_TILING);
  },
);

it('never takes a tiling that is wrong on this device or does not run', PATIENCE, async () => {
  // Twice as many lanes as a subgroup has, so shares get lost; and a workgroup of 512 threads.
  const lanes = 2 * smallestSubgroup(context.device);
  const wrong: Tiling = { columns: lanes, rowGroups: 4, lanes };
  const tooLarge: Tiling = { columns: 16, rowGroups: 32, lanes: 1 };
  const before = context.bytes.live;
  const probe = new TilingProbe(context, WORK);
  await probe.time(DEFAULT_TILING);
  await expect(probe.time(wrong)).rejects.toThrow('wrong on this device');
  await expect(probe.time(tooLarge)).rejects.toMatchObject({ code: 'gpu/validation' });
  probe.dispose();
  const { tuner } = tunerOf([tooLarge, wrong]);
  await tuner.learn([WORK]);
  expect(tuner.tilingOf(WORK)).toEqual(DEFAULT_TILING);
  expect(context.bytes.live).toBeLessThanOrEqual(before + 1024);
});
