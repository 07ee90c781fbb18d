import { expect, it } from 'vitest';
import { pageTitle } from './page-title.ts';
import type { Job } from './state/jobs-store.ts';

const job = (state: Job['state'], done: number): Job => ({
  id: 'j',
  kind: 'edit',
  title: '',
  editId: 'e',
  key: '',
  state,
  progress: {
    stage: 'rendering',
    done,
    total: 120,
    unit: 'frames',
    framesPerSecond: 1,
    secondsLeft: 1,
  },
  frames: 0,
  frameBytes: 0,
  error: null,
});

it('names the page, the project and how far the job is', () => {
  expect(pageTitle(null, [])).toBe('Deltacut');
  expect(pageTitle('meadow', [job('done', 120)])).toBe('meadow – Deltacut');
  expect(pageTitle('meadow', [job('done', 120), job('running', 51)])).toBe(
    '42 % · meadow – Deltacut',
  );
});
