import type { TimeSpan } from '../../base/units.ts';
import {
  extractSpan,
  movePiece,
  removePieces,
  repeatPiece,
  splitPiece,
  trimPiece,
} from '../../project/piece-commands.ts';
import { frameBegin, frameOfTime } from '../../project/sequence-frames.ts';
import { findPiece, toClipTime, type PlacedPiece } from '../../project/sequence.ts';
import type { App } from '../app.ts';
import { sequenceOf } from '../sequence.ts';
import { dispatch } from './edit-commands.ts';
import { seekTime } from './transport-commands.ts';

/** The piece under the playhead. */
function pieceHere(app: App): PlacedPiece | null {
  return findPiece(sequenceOf(app).sequence, app.session.getState().piece);
}

/** The selected piece, else the one under the playhead. */
function chosenPiece(app: App): PlacedPiece | null {
  const { selectedPiece } = app.session.getState();
  return findPiece(sequenceOf(app).sequence, selectedPiece) ?? pieceHere(app);
}

export function selectPiece(app: App, pieceId: string | null): void {
  app.session.setState({ selectedPiece: pieceId, selectedEdit: null });
}

/** S: cuts the piece under the playhead in two; the frame on screen is the first of the second half. */
export function splitHere(app: App): void {
  const here = pieceHere(app);
  if (here === null) {
    return;
  }
  const at = toClipTime(here, app.session.getState().time);
  if (at <= here.piece.from) {
    app.notices.say('info', 'There is a cut here already.');
    return;
  }
  const newId = crypto.randomUUID();
  dispatch(app, (project) => splitPiece(project, { pieceId: here.piece.id, at, newId }));
}

/** Gives a piece other ends (clip time, on frames). */
export function trim(app: App, pieceId: string, span: TimeSpan): void {
  dispatch(app, (project) => trimPiece(project, { pieceId, span }));
}

/** Q and W: the piece under the playhead begins, or ends, with the frame on screen. */
export function trimToPlayhead(app: App, end: 'from' | 'to'): void {
  const here = pieceHere(app);
  if (here === null) {
    return;
  }
  const frames = sequenceOf(app);
  const { time } = app.session.getState();
  const { piece } = here;
  if (end === 'from') {
    trim(app, piece.id, { from: toClipTime(here, time), to: piece.to });
    // What was on screen stays on screen.
    seekTime(app, here.begin);
    return;
  }
  const index = frameOfTime(frames, time)?.index ?? 0;
  const to = Math.min(frameBegin(frames, index + 1), here.end);
  trim(app, piece.id, { from: piece.from, to: toClipTime(here, to) });
}

/** Delete: the selected piece goes, what follows closes up. */
export function deletePiece(app: App): void {
  const { selectedPiece } = app.session.getState();
  if (selectedPiece !== null) {
    dispatch(app, (project) => removePieces(project, { pieceIds: [selectedPiece] }));
  }
}

/** Shift+Delete: the chosen span is cut out, or where none is chosen the piece; what follows closes up. */
export function rippleDelete(app: App): void {
  const { draft, clip } = app.session.getState();
  const { span } = draft;
  if (span !== null && clip !== null) {
    const newId = crypto.randomUUID();
    dispatch(app, (project) => extractSpan(project, { clipId: clip.id, span, newId }));
    app.session.setState((state) => ({ draft: { ...state.draft, span: null } }));
    return;
  }
  const chosen = chosenPiece(app);
  if (chosen !== null) {
    dispatch(app, (project) => removePieces(project, { pieceIds: [chosen.piece.id] }));
  }
}

/** Puts a piece at another place of the playing order, counted without it; the playhead stays on its frame. */
export function reorder(app: App, pieceId: string, to: number): void {
  const before = findPiece(sequenceOf(app).sequence, pieceId);
  const { time, piece } = app.session.getState();
  if (!dispatch(app, (project) => movePiece(project, { pieceId, to }))) {
    return;
  }
  const after = findPiece(sequenceOf(app).sequence, pieceId);
  if (before !== null && after !== null && piece === pieceId) {
    seekTime(app, time - before.begin + after.begin);
  }
}

/** One place on (1) or back (-1). */
export function shiftPiece(app: App, by: 1 | -1): void {
  const chosen = chosenPiece(app);
  if (chosen !== null) {
    reorder(app, chosen.piece.id, Math.max(0, chosen.index + by));
    selectPiece(app, chosen.piece.id);
  }
}

/** The same piece once more, behind it. */
export function repeatChosen(app: App): void {
  const chosen = chosenPiece(app);
  if (chosen !== null) {
    const newId = crypto.randomUUID();
    dispatch(app, (project) => repeatPiece(project, { pieceId: chosen.piece.id, newId }));
  }
}
