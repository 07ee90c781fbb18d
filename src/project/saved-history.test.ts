import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renameProject, updateEdit } from './commands.ts';
import type { Project } from './document.ts';
import { applyStep, beginMark, createHistory, undo, type History } from './history.ts';
import { HistoryWriter, NO_HISTORY, reachable, readHistory } from './saved-history.ts';
import { arbitraryProject } from './testing/arbitraries.ts';

function historyOf(project: Project, steps: number, back: number): History {
  let history = createHistory(project);
  for (let step = 0; step < steps; step++) {
    const edit = history.present.edits[step % Math.max(1, history.present.edits.length)];
    const next =
      edit === undefined
        ? renameProject(history.present, { name: `name ${step}` })
        : updateEdit(history.present, { editId: edit.id, change: { prompt: `prompt ${step}` } });
    history = applyStep(history, next);
  }
  for (let step = 0; step < back; step++) {
    history = undo(history);
  }
  return history;
}

const read = (text: string, id: string) => readHistory(JSON.parse(text), id);

describe('a saved history', () => {
  it('leads to the same documents, and goes on sharing what they share', () => {
    fc.assert(
      fc.property(arbitraryProject, fc.nat({ max: 12 }), fc.nat({ max: 12 }), (start, a, b) => {
        const history = historyOf(start, a, b);
        const { past, future } = history;
        const found = read(new HistoryWriter().write(history), start.id);
        expect(found).toEqual({ past, future });
        const clips = [...found.past, ...found.future].flatMap(({ project }) => project.clips);
        expect(new Set(clips).size).toBeLessThanOrEqual(start.clips.length);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('is the same from a writer that wrote before', () => {
    const [start] = fc.sample(arbitraryProject, { seed: 3, numRuns: 1 }) as [Project];
    const writer = new HistoryWriter();
    for (const [steps, back] of [
      [3, 0],
      [5, 2],
      [9, 9],
      [4, 1],
    ] as const) {
      const history = historyOf(start, steps, back);
      const { past, future } = history;
      expect(read(writer.write(history), start.id)).toEqual({ past, future });
    }
  });

  it('takes a drag under way for a step', () => {
    const [start] = fc.sample(arbitraryProject, { seed: 3, numRuns: 1 }) as [Project];
    const text = new HistoryWriter().write(beginMark(createHistory(start), 'Move edit'));
    expect(read(text, start.id).past).toEqual([{ project: start, label: 'Move edit' }]);
  });

  it('keeps the hundred nearest steps, and fewer where they are long', () => {
    const [start] = fc.sample(arbitraryProject, { seed: 3, numRuns: 1 }) as [Project];
    const history = historyOf(start, 130, 0);
    const kept = read(new HistoryWriter().write(history), start.id).past;
    expect(kept).toEqual(history.past.slice(-100));

    const writer = new HistoryWriter();
    let long = createHistory({ ...start, edits: [] });
    for (let step = 0; step < 40; step++) {
      // Nothing shared: clips by the hundred, each time others.
      const clips = Array.from({ length: 400 }, (_, i) => ({
        id: `${step} ${i}`,
        name: 'x'.repeat(40),
        bytes: 1,
        fingerprint: 'ab'.repeat(32),
      }));
      const pieces = [{ id: 'p', clipId: `${step} 0`, from: 0, to: 1 }];
      const project = { ...long.present, clips, pieces };
      long = applyStep(long, { project, label: `step ${step}` });
      const text = writer.write(long);
      expect(text.length).toBeLessThan(700_000);
      const { past } = read(text, start.id);
      expect(past).toEqual(long.past.slice(-past.length));
      expect(past.length).toBeGreaterThanOrEqual(Math.min(step, 2));
    }
  });

  it('ends where something is not what it should be, and never throws', () => {
    const [start] = fc.sample(arbitraryProject, { seed: 3, numRuns: 1 }) as [Project];
    const text = new HistoryWriter().write(historyOf(start, 4, 0));
    expect(read(text, 'another project')).toEqual(NO_HISTORY);
    for (const value of [
      null,
      3,
      {},
      { parts: [{ '#': 0 }], past: [['a', { '#': 0 }]], future: [] },
    ]) {
      expect(readHistory(value, start.id)).toEqual(NO_HISTORY);
    }
    const cut = JSON.parse(text) as { past: [string, unknown][] };
    cut.past[1] = ['bad', { '#': 'what' }];
    expect(readHistory(cut, start.id).past).toHaveLength(2);
  });

  it('is cut where a document can not be shown', () => {
    const [start] = fc.sample(arbitraryProject, { seed: 3, numRuns: 1 }) as [Project];
    const { past, future } = historyOf(start, 6, 3);
    const [one, , , two] = [...past, ...future.slice(1)].map(({ project }) => project);
    const kept = reachable({ past, future }, (project) => project !== one && project !== two);
    expect(kept).toEqual({ past: past.slice(1), future: future.slice(0, 1) });
  });
});
