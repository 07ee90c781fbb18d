import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildFrameTable,
  describeRate,
  frameOfChunkTime,
  keepFrames,
  keyStampBefore,
  type PacketFact,
} from './frame-table.ts';

function fact(stamp: number, changes: Partial<PacketFact> = {}): PacketFact {
  return {
    stamp,
    duration: 0.04,
    chunkTime: Math.trunc(stamp * 1e6),
    key: false,
    shown: true,
    bytes: 10,
    ...changes,
  };
}

describe('buildFrameTable', () => {
  it('sorts packets from decoding order into presentation order', () => {
    const table = buildFrameTable(
      [0, 0.16, 0.08, 0.04, 0.12].map((s) => fact(s)),
      1000,
    );
    expect([...table.times]).toEqual([0, 40_000, 80_000, 120_000, 160_000]);
    expect(frameOfChunkTime(table, 80_000)).toBe(2);
    expect(frameOfChunkTime(table, 80_001)).toBeUndefined();
    expect(frameOfChunkTime(table, -1)).toBeUndefined();
    expect(table.lastDuration).toBe(40_000);
    expect(table.packetBytes).toBe(50);
  });

  it('leaves out frames before an edit list and frames that are never shown', () => {
    const facts = [
      fact(-0.08, { key: true }),
      fact(-0.04),
      fact(0.02),
      fact(0.06, { shown: false }),
      fact(0.06),
    ];
    const table = buildFrameTable(facts, 1000);
    expect([...table.times]).toEqual([0, 40_000]);
    expect([...table.stamps]).toEqual([0.02, 0.06]);
    expect(table.hiddenPackets).toBe(3);
    expect(table.keyStamps).toEqual([-0.08]);
  });

  it('shows a clip whose times are all negative', () => {
    expect([...buildFrameTable([fact(-2), fact(-1)], 1000).times]).toEqual([0, 1e6]);
  });

  it('spreads frames that claim the same time', () => {
    const table = buildFrameTable(
      [0, 0, 0, 0.06].map((s) => fact(s)),
      1000,
    );
    expect([...table.times]).toEqual([0, 20_000, 40_000, 60_000]);
    expect(table.hasEqualStamps).toBe(true);
    const still = buildFrameTable(
      [0, 0].map((s) => fact(s, { duration: 0 })),
      1000,
    );
    expect([...still.times]).toEqual([0, 40_000]);
  });

  it('gives strictly ascending integer times that start at 0, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            stamp: fc.double({ min: -5, max: 1e5, noNaN: true }),
            duration: fc.constantFrom(0, 0.04, 1),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        (packets) => {
          const table = buildFrameTable(
            packets.map(({ stamp, duration }) => fact(stamp, { duration })),
            90_000,
          );
          expect(table.times[0]).toBe(0);
          expect(table.lastDuration).toBeGreaterThan(0);
          for (let i = 1; i < table.times.length; i++) {
            expect(Number.isInteger(table.times[i])).toBe(true);
            expect(table.times[i]).toBeGreaterThan(table.times[i - 1] ?? 0);
          }
        },
      ),
    );
  });
});

describe('keepFrames', () => {
  it('renumbers what is left and starts at 0 again', () => {
    const table = buildFrameTable(
      [0, 0.04, 0.08, 0.12].map((s) => fact(s)),
      1000,
    );
    const kept = keepFrames(table, new Set([1, 3]));
    expect([...kept.times]).toEqual([0, 80_000]);
    expect([...kept.stamps]).toEqual([0.04, 0.12]);
    expect([0, 40_000, 80_000, 120_000].map((time) => frameOfChunkTime(kept, time))).toEqual([
      undefined,
      0,
      undefined,
      1,
    ]);
    expect(kept.hiddenPackets).toBe(2);
  });
});

describe('keyStampBefore', () => {
  it('is the last key at or before, else the first', () => {
    const facts = [0, 1, 2].map((s) => fact(s, { key: true }));
    const table = buildFrameTable(facts, 1000);
    expect(keyStampBefore(table, 1.5)).toBe(1);
    expect(keyStampBefore(table, 2)).toBe(2);
    expect(keyStampBefore(table, -1)).toBe(0);
  });
});

describe('describeRate', () => {
  it('calls millisecond rounding a constant rate', () => {
    const times = Float64Array.of(0, 42_000, 83_000, 125_000);
    const rate = describeRate(times, 42_000, 1000);
    expect(rate.variableRate).toBe(false);
    expect(rate.frameRate).toBeCloseTo(24, 1);
  });

  it('calls a missing frame a variable rate', () => {
    expect(describeRate(Float64Array.of(0, 40_000, 120_000), 40_000, 1000).variableRate).toBe(true);
  });
});
