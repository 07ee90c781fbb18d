import type { Microseconds } from '../base/units.ts';
import { frameOfIndex, frameOfTime, type FramePlace } from '../project/sequence-frames.ts';
import { findTime } from '../project/sequence.ts';
import type { App } from './app.ts';
import { findClip, sequenceOf, soundStretches } from './sequence.ts';
import type { SessionState } from './state/session-store.ts';

/* Moving the playhead. Its sequence time is what counts; piece, clip and frame follow from it. */

type Holder = Pick<App, 'session' | 'project'>;

/** Puts the playhead on the frame that is on screen at a sequence time. */
export function placeAtTime(app: Holder, time: Microseconds): void {
  place(app, frameOfTime(sequenceOf(app), time));
}

/** Puts it on a frame of the sequence, by number. */
export function placeAtIndex(app: Holder, index: number): void {
  place(app, frameOfIndex(sequenceOf(app), index));
}

/** Puts it on a frame of a clip, in the piece under the playhead where that shows it. Returns whether any piece does. */
export function placeAtClipFrame(app: Holder, clipId: string, frame: number): boolean {
  const { clips, piece } = app.session.getState();
  const time = findClip(clips, clipId)?.times[frame];
  const { sequence } = sequenceOf(app);
  const found = time === undefined ? null : findTime(sequence, clipId, time, piece);
  if (found !== null) {
    placeAtTime(app, found);
  }
  return found !== null;
}

/** Number of the frame under the playhead within the sequence. */
export function playheadIndex(app: Holder): number {
  return frameOfTime(sequenceOf(app), app.session.getState().time)?.index ?? 0;
}

/** After the pieces changed: the playhead stays at its time, on what is there now. */
export function settlePlayhead(app: Holder): void {
  const { time, selectedPiece } = app.session.getState();
  placeAtTime(app, time);
  const pieces = app.project.current?.pieces ?? [];
  if (selectedPiece !== null && !pieces.some(({ id }) => id === selectedPiece)) {
    app.session.setState({ selectedPiece: null });
  }
}

/** The playhead was put elsewhere, or the pieces are others: playing goes on from where it is. */
export function followPlayhead(app: Holder & Pick<App, 'playback'>): void {
  const { playing, rate, time, clips } = app.session.getState();
  if (playing) {
    app.playback.load(soundStretches(app.project.current, clips));
    app.playback.play(time, rate);
  }
}

function place(app: Holder, found: FramePlace | null): void {
  const state = app.session.getState();
  if (found === null) {
    return;
  }
  const { piece } = found.placed;
  const clip = findClip(state.clips, piece.clipId) ?? state.clip;
  const isSame =
    state.time === found.time &&
    state.piece === piece.id &&
    state.frame === found.frame &&
    state.clip === clip;
  if (!isSame) {
    app.session.setState({
      time: found.time,
      piece: piece.id,
      frame: found.frame,
      ...(clip === state.clip ? {} : { clip, ...exchangeSpans(state, piece.clipId) }),
    });
  }
}

/** Each clip keeps the span that was chosen on it. */
function exchangeSpans(
  { clip, draft, spans }: SessionState,
  to: string,
): Pick<SessionState, 'draft' | 'spans'> {
  const left = clip === null ? spans : { ...spans, [clip.id]: draft.span };
  return { spans: left, draft: { ...draft, span: left[to] ?? null } };
}
