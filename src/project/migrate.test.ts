import { describe, expect, it } from 'vitest';
import { nameOfMask } from './mask-name.ts';
import { parseProject } from './serialise.ts';

/** As version 1 wrote it. */
const MASK = {
  shape: 'ellipse',
  feather: 0.1,
  invert: true,
  keyframes: [
    { time: 0, x: 0.1, y: 0.2, width: 0.3, height: 0.4 },
    { time: 500_000, x: 0.5, y: 0.2, width: 0.3, height: 0.4 },
  ],
};

function version1(mask: unknown): string {
  const settings = { model: 'starter', seed: 1, steps: 2, strength: 1, size: 256, anchors: 4 };
  return JSON.stringify({
    version: 1,
    id: 'p',
    name: 'Snow',
    clips: [{ id: 'c', name: 'a.mp4', bytes: 1, fingerprint: 'ab'.repeat(32) }],
    edits: [
      {
        id: 'e',
        clipId: 'c',
        enabled: true,
        span: { from: 0, to: 1_000_000 },
        prompt: 'make it snow',
        promptKind: 'delta',
        negative: '',
        settings: { ...settings, mode: 'swap' },
        amount: [{ time: 0, value: 1 }],
        mask,
      },
    ],
  });
}

describe('a document of version 1', () => {
  it('has its mask as one layer, and under the name its pictures were stored with', () => {
    const mask = parseProject(version1(MASK)).edits[0]?.mask ?? null;
    expect(mask).toEqual({
      feather: 0.1,
      grow: 0,
      invert: true,
      layers: [
        {
          id: 'layer-1',
          combine: 'add',
          shape: 'ellipse',
          keyframes: MASK.keyframes.map((box) => ({ easing: 'linear', rotation: 0, ...box })),
        },
      ],
    });
    expect(JSON.stringify(nameOfMask(mask))).toBe(JSON.stringify(MASK));
  });

  it('is read without a mask', () => {
    expect(parseProject(version1(null))).toMatchObject({ version: 2, edits: [{ mask: null }] });
  });

  it('is refused where its mask is none', () => {
    for (const mask of [1, {}, { ...MASK, shape: 'star' }, { ...MASK, keyframes: [] }]) {
      expect(() => parseProject(version1(mask))).toThrow(
        expect.objectContaining({ code: 'project/invalid' }),
      );
    }
  });
});
