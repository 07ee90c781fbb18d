import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProject, renameProject } from '../../project/commands.ts';
import type { App } from '../app.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession } from '../state/session-store.ts';
import { fuzzyMatch, runsOf } from './fuzzy.ts';
import { recordPress } from './key-recording.ts';
import { findCommands, offeredCommands } from './palette.ts';
import { COMMANDS } from './table/table.ts';

const ids = (query: string, recent: readonly string[] = []): readonly string[] =>
  findCommands(COMMANDS, query, recent).map(({ command }) => command.id);

describe('fuzzy search', () => {
  it('finds letters in their order and says where', () => {
    expect(fuzzyMatch('zin', 'Zoom in')?.at).toEqual([0, 5, 6]);
    expect(fuzzyMatch('niz', 'Zoom in')).toBeNull();
    expect(fuzzyMatch('', 'Zoom in')).toEqual({ score: 0, at: [] });
  });

  it('matches a text by any of its letters left out, at places that spell the query', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 24 }),
        fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
        (text, keep) => {
          const query = Array.from(text)
            .filter((_, at) => keep[at])
            .join('');
          fc.pre(
            query.toLowerCase().length === query.length &&
              text.toLowerCase().length === text.length,
          );
          const match = fuzzyMatch(query, text);
          const spelled = match?.at.map((at) => text.toLowerCase()[at]).join('');
          expect(spelled).toBe(query.toLowerCase().replaceAll(' ', ''));
        },
      ),
    );
  });
});

describe('the letters found', () => {
  it('are cut into runs', () => {
    const runs = runsOf('Zoom in', [0, 5, 6]);
    expect(runs.map(({ text, isFound }) => [text, isFound])).toEqual([
      ['Z', true],
      ['oom ', false],
      ['in', true],
    ]);
    expect(runsOf('', [])).toEqual([]);
  });
});

describe('the palette', () => {
  it('puts what fits best first', () => {
    expect(ids('undo')[0]).toBe('undo');
    expect(ids('zoom')[0]).toBe('zoom-in');
    expect(ids('rect')[0]).toBe('rectangle');
    expect(ids('tff')[0]).toBe('start');
    expect(ids('qqq')).toEqual([]);
  });

  it('puts recent ones first where nothing is asked, and among equals', () => {
    expect(ids('', ['mute', 'loop']).slice(0, 2)).toEqual(['mute', 'loop']);
    expect(ids('')).toEqual(COMMANDS.map(({ id }) => id));
    expect(ids('zoom', ['zoom-out'])[0]).toBe('zoom-out');
  });
});

describe('what the palette offers', () => {
  it('leaves out undo and redo where there is nothing to go to', () => {
    const project = createProjectStore();
    const session = createSession();
    session.setState({ phase: { kind: 'editing' } });
    const app = { project, session } as unknown as App;
    const steps = COMMANDS.filter(({ id }) => id === 'undo' || id === 'redo');
    const offered = () => offeredCommands(app, steps).map(({ id }) => id);
    project.open(createProject('p', 'before'));
    expect(offered()).toEqual([]);
    project.apply((before) => renameProject(before, { name: 'after' }));
    expect(offered()).toEqual(['undo']);
    project.undo();
    expect(offered()).toEqual(['redo']);
  });
});

describe('recording keys', () => {
  it('waits for a second press after a letter alone', () => {
    expect(recordPress(null, 'M')).toEqual({ keys: 'M', isWhole: false });
    expect(recordPress('M', 'R')).toEqual({ keys: 'M R', isWhole: true });
    expect(recordPress(null, 'Ctrl+M')).toEqual({ keys: 'Ctrl+M', isWhole: true });
    expect(recordPress(null, 'F2')).toEqual({ keys: 'F2', isWhole: true });
  });
});
