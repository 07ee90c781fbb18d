import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProject, renameProject } from './commands.ts';
import { applyStep, beginMark, createHistory, goTo, redo, trailOf, undo } from './history.ts';

const start = createProject('p', 'start');
const named = (...names: string[]) =>
  names.reduce(
    (history, name) =>
      applyStep(history, { ...renameProject(history.present, { name }), label: name }),
    createHistory(start),
  );

describe('the trail of a history', () => {
  it('names every step and the place that is shown', () => {
    const history = undo(named('a', 'b', 'c'));
    expect(trailOf(history)).toEqual({ labels: [null, 'a', 'b', 'c'], at: 2 });
    expect(goTo(history, 0).present).toBe(start);
    expect(trailOf(goTo(history, 0))).toEqual({ labels: [null, 'a', 'b', 'c'], at: 0 });
  });

  it('leads where undo and redo lead, and keeps all of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.nat(6), fc.nat(6), (steps, from, to) => {
        const last = steps;
        const whole = named(...Array.from({ length: steps }, (_, i) => `step ${i}`));
        let walked = goTo(whole, Math.min(from, last));
        const jumped = goTo(walked, Math.min(to, last));
        for (let at = Math.min(from, last); at > Math.min(to, last); at--) {
          walked = undo(walked);
        }
        for (let at = Math.min(from, last); at < Math.min(to, last); at++) {
          walked = redo(walked);
        }
        expect(jumped).toEqual(walked);
        expect(jumped.present).toBe(walked.present);
      }),
    );
  });

  it('cancels a drag that is under way', () => {
    const dragged = beginMark(named('a'), 'Drag');
    const moved = applyStep(dragged, renameProject(dragged.present, { name: 'half way' }));
    const back = goTo(moved, 1);
    expect(back.mark).toBeNull();
    expect(back.present.name).toBe('a');
  });
});
