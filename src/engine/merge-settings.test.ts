import { describe, expect, it } from 'vitest';
import { chooseMerge } from './merge-settings.ts';

describe('how a masked edit is merged', () => {
  it.each(['none', 'ip2p', 'inpaint'] as const)(
    'over the steps with a package of conditioning %s',
    (conditioning) => {
      expect(chooseMerge({ conditioning }, {})).toEqual({
        source: 'renoise',
        ramp: 'time',
        rampLength: null,
        rim: 'soft',
      });
    },
  );

  it('at once with a package that reads the mask, unless the edit says otherwise', () => {
    const manifest = { conditioning: 'edit' } as const;
    expect(chooseMerge(manifest, {})).toMatchObject({
      ramp: 'none',
      rampLength: null,
      rim: 'whole',
    });
    expect(chooseMerge(manifest, { merge: { ramp: 'time' } })).toMatchObject({ ramp: 'time' });
    expect(chooseMerge(manifest, { merge: { ramp: 'space' } })).toMatchObject({ rampLength: 4 });
  });
});
