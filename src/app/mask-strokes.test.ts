import { describe, expect, it } from 'vitest';
import { simplify } from './mask-strokes.ts';

describe('a drawn line', () => {
  it('keeps its corners and little else', () => {
    const across = Array.from({ length: 50 }, (_, i) => ({ x: i / 50, y: 0.2 }));
    const down = Array.from({ length: 50 }, (_, i) => ({ x: 1, y: 0.2 + i / 100 }));
    expect(simplify([...across, ...down], 0.002, 16 / 9)).toEqual([
      { x: 0, y: 0.2 },
      { x: expect.closeTo(1, 4) as number, y: 0.2 },
      { x: 1, y: expect.closeTo(0.69, 4) as number },
    ]);
  });

  it('stays near itself', () => {
    const wave = Array.from({ length: 400 }, (_, i) => {
      return { x: i / 400, y: 0.5 + 0.2 * Math.sin(i / 20) };
    });
    const kept = simplify(wave, 0.002, 1);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length).toBeLessThan(120);
    expect(kept.at(-1)?.x).toBeCloseTo(399 / 400, 4);
  });

  it('may be a dab', () => {
    expect(simplify([{ x: 0.5, y: 0.5 }], 0.002, 1)).toEqual([{ x: 0.5, y: 0.5 }]);
  });
});
