import { describe, expect, it } from 'vitest';
import { createProject } from '../../project/commands.ts';
import type { App } from '../app.ts';
import { placeAtTime, settlePlayhead } from '../playhead.ts';
import { createNotices } from '../state/notices-store.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession, type OpenClip } from '../state/session-store.ts';
import {
  deletePiece,
  reorder,
  rippleDelete,
  selectPiece,
  splitHere,
  trimToPlayhead,
} from './cut-commands.ts';

/** Two clips of ten frames of 100 ms, whole, one behind the other. */
function createPage() {
  const session = createSession();
  const project = createProjectStore();
  const clips = ['a', 'b'].map((id): OpenClip => {
    const times = Float64Array.from({ length: 10 }, (_, index) => index * 100_000);
    return { id, times, info: { duration: 1_000_000 } } as unknown as OpenClip;
  });
  const app = { session, project, notices: createNotices(), playback: {} } as unknown as App;
  project.store.subscribe(() => {
    settlePlayhead(app);
  });
  session.setState({ clips });
  const pieces = ['a', 'b'].map((id) => ({ id, clipId: id, from: 0, to: 1_000_000 }));
  project.open({ ...createProject('p', 'P'), pieces });
  placeAtTime(app, 0);
  const cut = () =>
    (project.current?.pieces ?? []).map(
      ({ clipId, from, to }) => `${clipId}${from / 1e5}-${to / 1e5}`,
    );
  return { app, session, project, cut };
}

describe('cutting', () => {
  it('splits at the playhead, which then stands on the second half', () => {
    const { app, session, cut } = createPage();
    placeAtTime(app, 400_000);
    splitHere(app);
    expect(cut()).toEqual(['a0-4', 'a4-10', 'b0-10']);
    expect(session.getState()).toMatchObject({ time: 400_000, frame: 4 });
    splitHere(app);
    expect(cut()).toHaveLength(3);
  });

  it('trims to the playhead: what is on screen stays there', () => {
    const { app, session, cut } = createPage();
    placeAtTime(app, 300_000);
    trimToPlayhead(app, 'from');
    expect(cut()).toEqual(['a3-10', 'b0-10']);
    expect(session.getState()).toMatchObject({ time: 0, frame: 3, piece: 'a' });
    placeAtTime(app, 200_000);
    trimToPlayhead(app, 'to');
    expect(cut()).toEqual(['a3-6', 'b0-10']);
    expect(session.getState()).toMatchObject({ frame: 5, piece: 'a' });
  });

  it('deletes the selected piece and closes up; the last one stays, with a word', () => {
    const { app, session, project, cut } = createPage();
    placeAtTime(app, 1_500_000);
    deletePiece(app);
    expect(cut()).toHaveLength(2);
    selectPiece(app, 'a');
    deletePiece(app);
    expect(cut()).toEqual(['b0-10']);
    expect(session.getState()).toMatchObject({ selectedPiece: null, piece: 'b', frame: 9 });
    selectPiece(app, 'b');
    deletePiece(app);
    expect(cut()).toEqual(['b0-10']);
    expect(app.notices.store.getState().notices.at(-1)?.code).toBe('sequence/last-piece');
    project.undo();
    expect(cut()).toEqual(['a0-10', 'b0-10']);
  });

  it('cuts out the chosen span of the clip under the playhead', () => {
    const { app, session, cut } = createPage();
    placeAtTime(app, 1_200_000);
    const draft = { ...session.getState().draft, span: { from: 200_000, to: 500_000 } };
    session.setState({ draft });
    rippleDelete(app);
    expect(cut()).toEqual(['a0-10', 'b0-2', 'b5-10']);
    expect(session.getState().draft.span).toBeNull();
  });

  it('keeps the span of each clip while the playhead is on another', () => {
    const { app, session } = createPage();
    const span = { from: 100_000, to: 300_000 };
    session.setState({ draft: { ...session.getState().draft, span } });
    placeAtTime(app, 1_000_000);
    expect(session.getState()).toMatchObject({ clip: { id: 'b' }, draft: { span: null } });
    placeAtTime(app, 0);
    expect(session.getState()).toMatchObject({ clip: { id: 'a' }, draft: { span } });
  });

  it('reorders, with the playhead on the frame it was on', () => {
    const { app, session, cut } = createPage();
    placeAtTime(app, 300_000);
    reorder(app, 'a', 1);
    expect(cut()).toEqual(['b0-10', 'a0-10']);
    expect(session.getState()).toMatchObject({ piece: 'a', frame: 3, time: 1_300_000 });
  });
});
