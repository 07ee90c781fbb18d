import { describe, expect, it } from 'vitest';
import { createProject } from '../project/commands.ts';
import { exampleMask } from '../project/testing/example-mask.ts';
import { NO_TRAIL, nextStep, recordStep, walkedTrail } from './draft-trail.ts';

const [first, second] = [createProject('p', 'first'), createProject('p', 'second')];
const [small, large] = [exampleMask(0.2), exampleMask(0.8)];

describe('the trail of the next edit’s mask', () => {
  it('is walked back and forth', () => {
    const drawn = recordStep(NO_TRAIL, { mask: null, label: 'Add', document: first });
    const grown = recordStep(drawn, { mask: small, label: 'Grow', document: first });
    const undo = nextStep(grown, 'undo', first);
    expect(undo).toMatchObject({ mask: small, label: 'Grow' });
    const back = undo === null ? grown : walkedTrail(grown, 'undo', undo, large);
    expect(back.past).toEqual(drawn.past);
    const redo = nextStep(back, 'redo', first);
    expect(redo).toMatchObject({ mask: large, label: 'Grow' });
    expect(redo === null ? null : walkedTrail(back, 'redo', redo, small)).toEqual(grown);
  });

  it('waits for the document to come back to where a step was made', () => {
    const trail = recordStep(NO_TRAIL, { mask: null, label: 'Add', document: first });
    expect(nextStep(trail, 'undo', second)).toBeNull();
    expect(nextStep(trail, 'redo', first)).toBeNull();
  });
});
