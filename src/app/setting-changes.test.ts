import { describe, expect, it } from 'vitest';
import type { EditSettings } from '../project/document.ts';
import {
  changeAnchors,
  changeGuidance,
  changeMerge,
  changeSteps,
  stepsRun,
} from './setting-changes.ts';

const settings: EditSettings = {
  model: 'starter',
  seed: 1,
  steps: 4,
  strength: 0.5,
  size: 256,
  anchors: 4,
  mode: 'swap',
};

describe('changes of settings', () => {
  it('leave nothing behind where all is the default again', () => {
    expect(changeGuidance(settings, { text: 5 })).toEqual({ guidance: { text: 5 } });
    const guided = { ...settings, guidance: { text: 5, rescale: 0.5 } };
    expect(changeGuidance(guided, { text: undefined })).toEqual({ guidance: { rescale: 0.5 } });
    const text = { ...settings, guidance: { text: 5 } };
    expect(changeGuidance(text, { text: undefined })).toEqual({ guidance: undefined });
  });

  it('take the ramp’s length back when its unit changes', () => {
    const merge = { source: 'invert', ramp: 'space', rampLength: 8 } as const;
    const ramped = { ...settings, merge };
    expect(changeMerge(ramped, { ramp: undefined })).toEqual({ merge: { source: 'invert' } });
    expect(changeMerge(ramped, { source: undefined })).toEqual({
      merge: { ramp: 'space', rampLength: 8 },
    });
  });

  it('spread anchors evenly when their number changes', () => {
    expect(changeAnchors(6)).toEqual({ anchors: 6, anchorTimes: undefined });
  });

  it('keep the share of steps that are run', () => {
    expect(stepsRun(settings)).toBe(2);
    expect(changeSteps(settings, 8)).toEqual({ steps: 8, strength: 0.5 });
    expect(changeSteps(settings, 1)).toEqual({ steps: 1, strength: 1 });
  });
});
