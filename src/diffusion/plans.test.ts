import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches, planChunks } from './chunks.ts';
import { guidanceCoefficients, rescaleFactor } from './guidance.ts';
import { planModelSize } from './model-size.ts';
import { drawNoise } from './noise.ts';
import { guidanceEmbedding, timeEmbedding } from './time-embedding.ts';

describe('planBatches', () => {
  it('covers every frame once, in order, at places that depend on the size alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 16 }),
        (frames, size) => {
          const batches = planBatches(frames, size);
          const covered = batches.flatMap((batch) => batch.frames.slice(0, batch.real));
          expect(covered).toEqual(Array.from({ length: frames }, (_, i) => i));
          expect(
            batches.every(
              (batch) => batch.frames.length === size && batch.frames[0] === batch.index * size,
            ),
          ).toBe(true);
          expect(batches.at(-1)?.frames.at(-1)).toBe(frames - 1);
        },
      ),
    );
  });

  it('groups them into chunks that start small and keep their order', () => {
    const batches = planBatches(40, 4);
    const sizes = (keepsBank: boolean, batchesPerChunk: number) =>
      planChunks(batches, { keepsBank, batchesPerChunk }).map((chunk) => chunk.length);
    expect(sizes(false, 3)).toEqual([1, 3, 3, 3]);
    expect(sizes(true, 3)).toEqual(batches.map(() => 1));
    expect(planChunks(batches, { keepsBank: false, batchesPerChunk: 4 }).flat()).toEqual(batches);
  });
});

describe('planModelSize', () => {
  it('keeps the aspect within half a stride and the area about size x size', () => {
    expect(planModelSize({ width: 1920, height: 1080 }, 256, 32)).toEqual({
      width: 352,
      height: 192,
    });
    expect(planModelSize({ width: 640, height: 640 }, 256, 32)).toEqual({
      width: 256,
      height: 256,
    });
    expect(planModelSize({ width: 2000, height: 20 }, 64, 32)).toEqual({ width: 640, height: 32 });
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 4096 }),
        fc.integer({ min: 16, max: 4096 }),
        fc.constantFrom(64, 128, 256, 512),
        fc.constantFrom(8, 32, 64),
        (width, height, size, stride) => {
          const model = planModelSize({ width, height }, size, stride);
          const scale = size / Math.sqrt(width * height);
          expect([model.width % stride, model.height % stride]).toEqual([0, 0]);
          expect(Math.abs(model.width - Math.max(stride, width * scale))).toBeLessThanOrEqual(
            stride / 2,
          );
          expect(Math.abs(model.height - Math.max(stride, height * scale))).toBeLessThanOrEqual(
            stride / 2,
          );
        },
      ),
    );
  });
});

describe('guidance', () => {
  it('writes the three-branch formula as one scale per branch, whatever their order', () => {
    const branches = [
      { text: 'prompt', image: true },
      { text: 'empty', image: true },
      { text: 'empty', image: false },
    ] as const;
    expect(guidanceCoefficients(branches, { text: 7.5, image: 1.5 })).toEqual([7.5, -6, -0.5]);
    expect(guidanceCoefficients(branches.toReversed(), { text: 7.5, image: 1.5 })).toEqual([
      -0.5, -6, 7.5,
    ]);
    expect(
      guidanceCoefficients(
        [
          { text: 'negative', image: true },
          { text: 'prompt', image: true },
        ],
        { text: 3 },
      ),
    ).toEqual([-2, 3]);
    expect(guidanceCoefficients([{ text: 'prompt', image: true }], { text: 1 })).toEqual([1]);
  });

  it('leaves equal predictions as they are: the scales sum to 1', () => {
    const scale = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(scale, scale, (text, image) => {
        const sum = guidanceCoefficients(
          [
            { text: 'prompt', image: true },
            { text: 'negative', image: true },
            { text: 'negative', image: false },
          ],
          { text, image },
        ).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });

  it('rescales towards the deviation of the text branch', () => {
    expect(rescaleFactor(1, 2, 1)).toBe(0.5);
    expect(rescaleFactor(1, 2, 0)).toBe(1);
    expect(rescaleFactor(1, 2, 0.7)).toBeCloseTo(0.65);
    expect(rescaleFactor(1, 0, 0.7)).toBe(1);
  });
});

describe('drawNoise', () => {
  it('depends on seed, role, step and, where asked, frame, and on nothing else', () => {
    const base = { seed: 5, role: 'init', step: 0 } as const;
    const draws = [
      base,
      { ...base, seed: 6 },
      { ...base, role: 'ancestral' as const },
      { ...base, step: 1 },
      { ...base, frame: 0 },
      { ...base, frame: 1 },
    ].map((key) => drawNoise(key, 8).join());
    expect(new Set(draws).size).toBe(draws.length);
    expect(drawNoise(base, 8)).toEqual(drawNoise(base, 8));
  });
});

describe('timeEmbedding', () => {
  it('has sines first, cosines first when flipped, and a zero last for odd widths', () => {
    expect(timeEmbedding([0], { channels: 4, flipSinToCos: false, freqShift: 0 })).toEqual(
      Float32Array.of(0, 0, 1, 1),
    );
    expect(timeEmbedding([0], { channels: 5, flipSinToCos: true, freqShift: 0 })).toEqual(
      Float32Array.of(1, 1, 0, 0, 0),
    );
    const two = timeEmbedding([999, 3], { channels: 4, flipSinToCos: true, freqShift: 0 });
    expect(two[0]).toBe(Math.fround(Math.cos(999)));
    expect(two[5]).toBe(Math.fround(Math.cos(0.03)));
    expect(two[7]).toBe(Math.fround(Math.sin(0.03)));
  });

  it('gives the guidance embedding of consistency models', () => {
    const values = guidanceEmbedding(0.5, 4);
    expect(values[0]).toBe(Math.fround(Math.sin(500)));
    expect(values[1]).toBe(Math.fround(Math.sin(0.05)));
    expect(values[3]).toBe(Math.fround(Math.cos(0.05)));
  });
});
