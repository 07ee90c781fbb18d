import { describe, expect, it } from 'vitest';
import { missingFeatures, type SupportProbe } from './support.ts';

const FINE: SupportProbe = {
  crossOriginIsolated: true,
  secureContext: true,
  webCodecs: true,
  privateFiles: true,
  offscreenCanvas: true,
  webAssembly: true,
};

describe('missingFeatures', () => {
  it('says nothing where all is well', () => {
    expect(missingFeatures(FINE)).toEqual([]);
  });

  it('names each missing feature with why and what to do', () => {
    const keys = Object.keys(FINE) as (keyof SupportProbe)[];
    for (const key of keys) {
      const [first, ...rest] = missingFeatures({ ...FINE, [key]: false });
      expect(rest).toEqual([]);
      expect(first?.why).toMatch(/\.$/);
      expect(first?.remedy).toMatch(/\.$/);
    }
  });

  it('blames an insecure address before isolation, which follows from it', () => {
    const names = missingFeatures({ ...FINE, secureContext: false, crossOriginIsolated: false });
    expect(names.map((feature) => feature.name)).toEqual(['A secure address']);
  });
});
