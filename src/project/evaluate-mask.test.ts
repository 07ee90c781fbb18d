import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoxKeyframe, Easing, MaskTrack, PathPoint } from './document.ts';
import { evaluateLayer, evaluateMask } from './evaluate.ts';
import { arbitraryMask } from './testing/mask-arbitraries.ts';

function boxes(easing: Easing, ...keyframes: readonly Omit<BoxKeyframe, 'easing'>[]): MaskTrack {
  const frames = keyframes.map((keyframe) => ({ ...keyframe, easing }));
  const layer = { id: 'a', combine: 'add', shape: 'ellipse', keyframes: frames } as const;
  return { feather: 0.1, grow: 0.02, invert: false, layers: [layer] };
}

const FROM = { time: 100, x: 0, y: 0.5, width: 0.2, height: 0.4, rotation: 0 };
const TO = { time: 300, x: 1, y: 0.5, width: 0.4, height: 0.2, rotation: 90 };

function xAt(easing: Easing, time: number): number {
  const [layer] = evaluateMask(boxes(easing, FROM, TO), time).layers;
  return layer?.shape === 'ellipse' ? layer.x : NaN;
}

describe('a mask at a time', () => {
  it('moves evenly between keyframes', () => {
    expect(evaluateMask(boxes('linear', FROM, TO), 150)).toEqual({
      feather: 0.1,
      grow: 0.02,
      invert: false,
      layers: [
        {
          combine: 'add',
          shape: 'ellipse',
          x: 0.25,
          y: 0.5,
          width: expect.closeTo(0.25, 12) as number,
          height: expect.closeTo(0.35, 12) as number,
          rotation: 22.5,
        },
      ],
    });
  });

  it('waits for the next keyframe, or starts and ends slowly', () => {
    expect([99, 100, 200, 299, 300].map((time) => xAt('hold', time))).toEqual([0, 0, 0, 0, 1]);
    expect([150, 200, 250].map((time) => xAt('ease', time))).toEqual([0.15625, 0.5, 0.84375]);
  });

  it('moves a path point by point, handles included', () => {
    const point = (at: number): PathPoint => {
      return { x: at, y: 0, in: { x: -at, y: 0 }, out: { x: 0, y: at } };
    };
    const keyframes = [0, 1].map((at) => {
      return { time: at * 10, easing: 'linear', points: [point(at), point(2 * at)] } as const;
    });
    const layer = { id: 'a', combine: 'subtract', shape: 'path', keyframes } as const;
    expect(evaluateLayer(layer, 5)).toEqual({
      combine: 'subtract',
      shape: 'path',
      points: [point(0.5), point(1)],
    });
  });

  it('is exactly its keyframe at the time of one, and held outside', () => {
    fc.assert(
      fc.property(arbitraryMask, fc.nat(), (mask, pick) => {
        for (const layer of mask.layers) {
          const { id: _, keyframes, ...kind } = layer;
          const at = (keyframe: (typeof keyframes)[number] | undefined) => {
            const { time: _time, easing: _easing, ...rest } = keyframe ?? { time: 0, easing: 0 };
            return { ...kind, ...rest };
          };
          const [first] = keyframes;
          const picked = keyframes[pick % keyframes.length];
          expect(evaluateLayer(layer, picked?.time ?? 0)).toEqual(at(picked));
          expect(evaluateLayer(layer, (first?.time ?? 0) - 1)).toEqual(at(first));
          expect(evaluateLayer(layer, 2 ** 42)).toEqual(at(keyframes.at(-1)));
        }
      }),
      { seed: 12 },
    );
  });
});
