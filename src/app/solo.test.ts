import { describe, expect, it } from 'vitest';
import { createProject } from '../project/commands.ts';
import type { Edit, Project } from '../project/document.ts';
import { soloProject } from './solo.ts';

function edit(id: string, from: number, to: number, enabled = true): Edit {
  const settings = {
    model: 'starter',
    seed: 1,
    steps: 2,
    strength: 1,
    size: 256,
    anchors: 4,
    mode: 'swap',
  } as const;
  const words = { prompt: id, promptKind: 'delta', negative: '' } as const;
  const amount = [{ time: 0, value: 1 }];
  return {
    id,
    clipId: 'clip',
    enabled,
    span: { from, to },
    ...words,
    settings,
    amount,
    mask: null,
  };
}

const project: Project = {
  ...createProject('p', 'p'),
  edits: [
    edit('low', 0, 100),
    edit('off', 0, 100, false),
    edit('mid', 50, 200),
    edit('top', 0, 300),
  ],
};

describe('solo', () => {
  it('shows an edit on what it builds on, within its own span', () => {
    const { edits } = soloProject(project, 'mid');
    expect(edits.map(({ id, span }) => [id, span.from, span.to])).toEqual([
      ['low', 50, 100],
      ['mid', 50, 200],
    ]);
  });

  it('shows one that is switched off', () => {
    expect(soloProject(project, 'off').edits.map(({ id, enabled }) => [id, enabled])).toEqual([
      ['low', true],
      ['off', true],
    ]);
  });

  it('is nothing without an edit', () => {
    expect(soloProject(project, null)).toBe(project);
    expect(soloProject(project, 'gone')).toBe(project);
  });
});
