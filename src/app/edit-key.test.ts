import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../base/hash.ts';
import { addClip, addEdit, createProject } from '../project/commands.ts';
import type { Edit, Project } from '../project/document.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import { exampleMask } from '../project/testing/example-mask.ts';
import { editKey, readKey } from './edit-key.ts';

const MASK = exampleMask();

function projectOf(...edits: readonly Edit[]): Project {
  const clip = { id: 'clip', name: 'a.mp4', bytes: 1, fingerprint: 'ab'.repeat(32) };
  return edits.reduce(
    (project, edit) => addEdit(project, { edit }).project,
    addClip(createProject('p', 'P'), { clip }).project,
  );
}

/** As keys were before they were hashes: all that they name. */
function oldKey(edit: Edit, below: readonly Edit[]): string {
  const steering = ({ span, prompt, promptKind, negative, settings, mask }: Edit) => [
    span.from,
    span.to,
    prompt,
    promptKind,
    negative,
    settings,
    mask === null
      ? null
      : {
          shape: 'ellipse',
          feather: 0,
          invert: mask.invert,
          keyframes: [{ time: 0, x: 0, y: 0, width: 1, height: 1 }],
        },
  ];
  const lower = below.map((other) => [steering(other), other.amount, other.mask?.feather]);
  return canonicalJson([edit.clipId, steering(edit), lower]);
}

describe('the key of an edit', () => {
  const low = exampleEdit({ id: 'low', mask: MASK });
  const plain = exampleEdit({ id: 'plain', prompt: 'make it rain “hard”' });
  const off = exampleEdit({ id: 'off', enabled: false });
  const high = exampleEdit({ id: 'high', prompt: 'make it snow' });
  const project = projectOf(low, plain, off, high);

  it('is short, and there is none for an edit that is not there', () => {
    for (const { id } of project.edits) {
      expect(editKey(project, id)).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(editKey(project, 'gone')).toBe('');
  });

  it('does not depend on who is asked first, nor on what is switched off or lies above', () => {
    const others = projectOf(low, plain, high, exampleEdit({ id: 'top' }));
    expect(editKey(others, 'high')).toBe(editKey(project, 'high'));
    expect(editKey(others, 'low')).toBe(editKey(project, 'low'));
    expect(editKey(projectOf(plain, low, high), 'high')).not.toBe(editKey(project, 'high'));
  });

  it('is found for keys of projects that were saved when keys were longer', () => {
    expect(readKey(oldKey(low, []))).toBe(editKey(project, 'low'));
    expect(readKey(oldKey(plain, [low]))).toBe(editKey(project, 'plain'));
    expect(readKey(oldKey(high, [low, plain]))).toBe(editKey(project, 'high'));
    expect(readKey(editKey(project, 'high'))).toBe(editKey(project, 'high'));
    for (const strange of ['', '[', '[]', '["clip",1]', '{"a":1}']) {
      expect(readKey(strange)).toBe(strange);
    }
  });

  it('costs as much for two hundred edits as there are, not as much as there are pairs of them', () => {
    let reads = 0;
    const edits = Array.from({ length: 200 }, (_, i) => {
      const edit = exampleEdit({ id: `e${i}`, prompt: `edit ${i}` });
      return Object.defineProperty({ ...edit }, 'prompt', {
        enumerable: true,
        get: () => {
          reads++;
          return edit.prompt;
        },
      });
    });
    const many: Project = { ...projectOf(), edits };
    for (let round = 0; round < 3; round++) {
      const keys = new Set(edits.map(({ id }) => editKey(many, id)));
      expect(keys.size).toBe(200);
    }
    expect(reads).toBeLessThanOrEqual(200);
  });
});
