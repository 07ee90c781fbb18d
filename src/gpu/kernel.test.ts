import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketBytes } from './buffer-pool.ts';
import { linearWorkgroups, preludeOf } from './kernel.ts';
import { WorkMeter } from './work-meter.ts';

describe('kernel helpers', () => {
  it('workgroups cover every invocation within the limit per dimension', () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.constantFrom(64, 256),
      (count, size) => {
        const [x, y, z] = linearWorkgroups(count, size);
        expect(Math.max(x, y, z)).toBeLessThanOrEqual(65_535);
        expect(x * y * z * size).toBeGreaterThanOrEqual(count);
        expect(x * y * z * size).toBeLessThan(count + (y + 1) * size);
      },
    );
    fc.assert(law, { seed: 1 });
  });

  it('preludes are two lines in every variant', () => {
    for (const elem of ['f32', 'f16', 'u32'] as const) {
      expect(preludeOf(elem).split('\n')).toHaveLength(3);
      expect(preludeOf(elem)).toContain(`alias elem = ${elem};`);
    }
  });

  it('buffer sizes waste a quarter at most and are stable', () => {
    const law = fc.property(fc.integer({ min: 1, max: 2 ** 33 }), (bytes) => {
      const bucket = bucketBytes(bytes);
      expect(bucket).toBeGreaterThanOrEqual(bytes);
      expect(bucket).toBeLessThanOrEqual(Math.max(256, bytes * 1.25 + 64));
      expect(bucketBytes(bucket)).toBe(bucket);
      expect(bucket % 16).toBe(0);
    });
    fc.assert(law, { seed: 2 });
  });
});

describe('WorkMeter', () => {
  const meterOf = (milliseconds: number): WorkMeter => {
    const wait = async (): Promise<undefined> =>
      await new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
    return new WorkMeter({ queue: { onSubmittedWorkDone: wait } } as unknown as GPUDevice);
  };

  it('allows more on a fast device and less on a slow one', async () => {
    const [fast, slow] = [meterOf(5), meterOf(600)];
    const before = fast.budget;
    for (const meter of [fast, slow]) {
      meter.add(before);
      meter.submitted();
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(fast.budget).toBeGreaterThan(2 * before);
    expect(slow.budget).toBeLessThan(before / 2);
    expect(slow.budget).toBeGreaterThanOrEqual(before / 4);
  });

  it('asks for a submit before too much gathers, never before the first dispatch', () => {
    const meter = meterOf(1);
    expect(meter.wouldExceed(meter.budget * 10)).toBe(false);
    meter.add(meter.budget * 0.7);
    expect(meter.wouldExceed(meter.budget * 0.2)).toBe(false);
    expect(meter.wouldExceed(meter.budget * 0.4)).toBe(true);
  });
});
