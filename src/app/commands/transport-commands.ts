import type { Microseconds, TimeSpan } from '../../base/units.ts';
import { frameOfTime, type SequenceFrames } from '../../project/sequence-frames.ts';
import { occurrences } from '../../project/sequence.ts';
import type { App } from '../app.ts';
import { nextRate } from '../playback.ts';
import {
  followPlayhead,
  placeAtClipFrame,
  placeAtIndex,
  placeAtTime,
  playheadIndex,
} from '../playhead.ts';
import { sequenceOf } from '../sequence.ts';
import { frameStart, spanBetween } from '../time.ts';
import { changeDraft } from './edit-commands.ts';

/** Moves the playhead to a time of the sequence. */
export function seekTime(app: App, time: Microseconds): void {
  placeAtTime(app, time);
  followPlayhead(app);
}

/** To a frame of the sequence, by number; held at both ends. */
export function seekIndex(app: App, index: number): void {
  placeAtIndex(app, Math.round(index));
  followPlayhead(app);
}

/** To a frame of the clip under the playhead, where a piece shows it. */
export function seekFrame(app: App, frame: number): void {
  const { clip } = app.session.getState();
  if (clip !== null) {
    const inside = Math.min(Math.max(0, Math.round(frame)), clip.times.length - 1);
    placeAtClipFrame(app, clip.id, inside);
    followPlayhead(app);
  }
}

/** To the nearest cut before (-1) or behind (1) the playhead; the sequence's ends count. */
export function seekCut(app: App, direction: 1 | -1): void {
  const { sequence } = sequenceOf(app);
  const { time } = app.session.getState();
  const cuts = [...sequence.pieces.map(({ begin }) => begin), sequence.duration];
  const found = direction > 0 ? cuts.find((cut) => cut > time) : cuts.findLast((cut) => cut < time);
  pause(app);
  seekTime(app, found ?? time);
}

export function step(app: App, frames: number): void {
  pause(app);
  seekIndex(app, playheadIndex(app) + frames);
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
  const frames = sequenceOf(app);
  if (frames.count === 0) {
    return;
  }
  const range = playedRange(app, frames);
  const index = playheadIndex(app);
  const last = frameOfTime(frames, range.to - 1)?.index ?? 0;
  const isAtEnd = rate > 0 && index >= last;
  app.session.setState({ playing: true, rate });
  if (isAtEnd) {
    placeAtTime(app, range.from);
  }
  followPlayhead(app);
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

/** Looping plays the chosen span, from its first place in the sequence to its last; else everything is played. */
function playedRange(app: App, { sequence }: SequenceFrames): TimeSpan {
  const { loop, draft, clip } = app.session.getState();
  const found =
    loop && draft.span !== null && clip !== null ? occurrences(sequence, clip.id, draft.span) : [];
  return {
    from: found[0]?.sequence.from ?? 0,
    to: found.at(-1)?.sequence.to ?? sequence.duration,
  };
}

function tick(app: App): void {
  const { playing, rate, loop } = app.session.getState();
  const frames = sequenceOf(app);
  if (!playing || frames.count === 0) {
    return;
  }
  const now = app.playback.now();
  const range = playedRange(app, frames);
  const isOver = rate > 0 ? now >= range.to : now <= range.from;
  if (isOver && loop) {
    placeAtTime(app, rate > 0 ? range.from : range.to - 1);
    followPlayhead(app);
  } else if (isOver) {
    placeAtTime(app, rate > 0 ? range.to - 1 : range.from);
    pause(app);
    return;
  } else {
    placeAtTime(app, Math.max(0, now));
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
