import { describe, expect, it } from 'vitest';
import { layOut } from '../project/sequence.ts';
import { dropPlace } from './drop-place.ts';

const sequence = layOut(['1', '2', '3'].map((id) => ({ id, clipId: 'a', from: 0, to: 100 })));

describe('where a dragged piece goes', () => {
  it('is in front of the first other piece whose middle lies behind it', () => {
    expect(dropPlace(sequence, '1', 120)).toEqual({ to: 0, at: 0 });
    expect(dropPlace(sequence, '1', 160)).toEqual({ to: 1, at: 200 });
    expect(dropPlace(sequence, '1', 260)).toEqual({ to: 2, at: 300 });
    expect(dropPlace(sequence, '3', 40)).toEqual({ to: 0, at: 0 });
    expect(dropPlace(sequence, '3', 60)).toEqual({ to: 1, at: 100 });
    expect(dropPlace(sequence, '3', 160)).toEqual({ to: 2, at: 200 });
  });
});
