import type { TimeSpan } from '../../base/units.ts';
import type { App } from '../app.ts';
import { nextRate } from '../playback.ts';
import type { OpenClip } from '../state/session-store.ts';
import { frameAt, frameRange } from '../../project/frames.ts';
import { frameStart, spanBetween } from '../time.ts';
import { changeDraft } from './edit-commands.ts';

export function seekFrame(app: App, frame: number): void {
  const { clip, playing, rate } = app.session.getState();
  if (clip === null) {
    return;
  }
  const inside = Math.min(Math.max(0, Math.round(frame)), clip.times.length - 1);
  app.session.setState({ frame: inside });
  if (playing) {
    app.playback.play(clip.times[inside] ?? 0, rate);
  }
}

export function step(app: App, frames: number): void {
  pause(app);
  seekFrame(app, app.session.getState().frame + frames);
}

export function togglePlay(app: App): void {
  if (app.session.getState().playing) {
    pause(app);
  } else {
    play(app, 1);
  }
}

export function pause(app: App): void {
  app.playback.pause();
  app.session.setState({ playing: false, rate: 1 });
}

/** J (-1) and L (1): slower, faster, back. */
export function shuttle(app: App, direction: 1 | -1): void {
  const { rate, playing } = app.session.getState();
  play(app, nextRate(rate, playing, direction));
}

function play(app: App, rate: number): void {
  const { clip, frame } = app.session.getState();
  if (clip === null) {
    return;
  }
  const range = playedFrames(app, clip);
  const isAtEnd = rate > 0 && frame >= range.to - 1;
  const from = isAtEnd ? range.from : frame;
  app.session.setState({ playing: true, rate, frame: from });
  app.playback.play(clip.times[from] ?? 0, rate);
  tickSoon(app);
}

const ticking = new WeakSet<App>();

/** One tick waits at a time, however often playing is started over. */
function tickSoon(app: App): void {
  if (!ticking.has(app)) {
    ticking.add(app);
    requestAnimationFrame(() => {
      ticking.delete(app);
      tick(app);
    });
  }
}

/** Looping plays the chosen span; else the whole clip is played. */
function playedFrames(app: App, clip: OpenClip): { from: number; to: number } {
  const { loop, draft } = app.session.getState();
  return loop && draft.span !== null
    ? frameRange(clip.times, draft.span)
    : { from: 0, to: clip.times.length };
}

function tick(app: App): void {
  const state = app.session.getState();
  const { clip } = state;
  if (!state.playing || clip === null) {
    return;
  }
  const now = app.playback.now();
  const range = playedFrames(app, clip);
  const end = frameStart(clip.times, clip.info.duration, range.to);
  const isOver = state.rate > 0 ? now >= end : now <= (clip.times[range.from] ?? 0);
  if (isOver && state.loop) {
    const first = state.rate > 0 ? range.from : range.to - 1;
    app.session.setState({ frame: first });
    app.playback.play(clip.times[first] ?? 0, state.rate);
  } else if (isOver) {
    app.session.setState({ frame: state.rate > 0 ? range.to - 1 : range.from });
    pause(app);
    return;
  } else {
    const frame = frameAt(clip.times, Math.max(0, now));
    if (frame !== state.frame) {
      app.session.setState({ frame });
    }
  }
  tickSoon(app);
}

export function toggleMuted(app: App): void {
  const muted = !app.session.getState().muted;
  app.session.setState({ muted });
  app.playback.setMuted(muted);
}

/** I and O: put one end of the next edit's span at the playhead. */
export function markSpan(app: App, end: 'in' | 'out'): void {
  const { clip, frame, draft } = app.session.getState();
  if (clip === null) {
    return;
  }
  const { duration } = clip.info;
  const old = draft.span ?? { from: 0, to: duration };
  const at = frameStart(clip.times, duration, end === 'in' ? frame : frame + 1);
  setDraftSpan(
    app,
    end === 'in'
      ? spanBetween(clip.times, duration, at, at < old.to ? old.to : duration)
      : spanBetween(clip.times, duration, at > old.from ? old.from : 0, at),
  );
}

/** The whole clip is said as 'no span', so that it stays whole. */
export function setDraftSpan(app: App, span: TimeSpan | null): void {
  const { clip } = app.session.getState();
  const isWhole =
    span === null || (clip !== null && span.from <= 0 && span.to >= clip.info.duration);
  changeDraft(app, { span: isWhole ? null : span });
}

export function setZoom(app: App, change: (zoom: number) => number): void {
  app.session.setState((state) => ({ zoom: Math.max(1, change(state.zoom)) }));
}
