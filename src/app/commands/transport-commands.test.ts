import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Microseconds } from '../../base/units.ts';
import type { App } from '../app.ts';
import { createProject } from '../../project/commands.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession, type OpenClip } from '../state/session-store.ts';
import { seekCut, seekFrame, shuttle, step, togglePlay } from './transport-commands.ts';

/** Ten frames of 100 ms and a clock that the test sets; the page's frames are drawn by hand. */
function createPage() {
  const session = createSession();
  const times = Float64Array.from({ length: 10 }, (_, index) => index * 100_000);
  const clip = { id: 'a', times, info: { duration: 1_000_000 } } as unknown as OpenClip;
  const project = createProjectStore();
  const pieces = [
    { id: '1', clipId: 'a', from: 0, to: 600_000 },
    { id: '2', clipId: 'a', from: 600_000, to: 1_000_000 },
  ];
  session.setState({ clips: [clip], clip });
  project.open({ ...createProject('p', 'P'), pieces });
  const clock = { time: 0 as Microseconds };
  const playback = {
    play: (from: Microseconds) => {
      clock.time = from;
    },
    load: () => undefined,
    pause: () => undefined,
    now: () => clock.time,
  };
  return { app: { session, project, playback } as unknown as App, session, clock };
}

describe('playing', () => {
  let waiting: (() => void)[] = [];
  const drawFrame = () => {
    const due = waiting;
    waiting = [];
    due.forEach((callback) => callback());
  };

  beforeEach(() => {
    waiting = [];
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => waiting.push(callback));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('follows the clock with one loop, however often the speed changes', () => {
    const { app, session, clock } = createPage();
    togglePlay(app);
    shuttle(app, 1);
    shuttle(app, 1);
    togglePlay(app);
    togglePlay(app);
    expect(waiting).toHaveLength(1);
    clock.time = 450_000;
    drawFrame();
    expect(session.getState().frame).toBe(4);
    expect(waiting).toHaveLength(1);
  });

  it('goes over a cut by frames, and from cut to cut', () => {
    const { app, session } = createPage();
    seekFrame(app, 5);
    step(app, 1);
    expect(session.getState()).toMatchObject({ piece: '2', frame: 6, time: 600_000 });
    step(app, -3);
    expect(session.getState()).toMatchObject({ piece: '1', frame: 3 });
    seekCut(app, 1);
    expect(session.getState().time).toBe(600_000);
    seekCut(app, 1);
    expect(session.getState()).toMatchObject({ piece: '2', frame: 9 });
    seekCut(app, -1);
    expect(session.getState().time).toBe(600_000);
  });

  it('stops on the last frame', () => {
    const { app, session, clock } = createPage();
    togglePlay(app);
    clock.time = 1_000_000;
    drawFrame();
    expect(session.getState()).toMatchObject({ playing: false, frame: 9 });
    expect(waiting).toHaveLength(0);
  });

  it('starts again at the end of a looped span when it plays backwards past its begin', () => {
    const { app, session, clock } = createPage();
    const draft = { ...session.getState().draft, span: { from: 300_000, to: 700_000 } };
    session.setState({ draft, loop: true });
    seekFrame(app, 5);
    shuttle(app, -1);
    clock.time = 250_000; // The page skipped the span's first frame.
    drawFrame();
    expect(session.getState().frame).toBe(6);
  });
});
