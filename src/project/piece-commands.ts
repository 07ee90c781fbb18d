import { assert } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import type { Microseconds, TimeSpan } from '../base/units.ts';
import type { Step } from './commands.ts';
import type { Project } from './document.ts';
import { frameAt } from './frames.ts';
import type { Piece } from './sequence.ts';

/*
 * The cut. Edits stay where they are in their clips, so no command here touches them or their finished pictures. There
 * are no gaps: what is taken out closes up.
 */

/** Puts a piece at the end. */
export function appendPiece(project: Project, args: { readonly piece: Piece }): Step {
  const { piece } = args;
  assert(!project.pieces.some(({ id }) => id === piece.id), `piece ${piece.id} is in the project`);
  assert(
    project.clips.some(({ id }) => id === piece.clipId),
    `clip ${piece.clipId} is not in the project`,
  );
  return { project: { ...project, pieces: [...project.pieces, piece] }, label: 'Add piece' };
}

/** Cuts a piece in two at a clip time; the second half gets `newId`. At or beyond an end there is nothing to cut. */
export function splitPiece(
  project: Project,
  args: { readonly pieceId: string; readonly at: Microseconds; readonly newId: string },
): Step {
  const { at, newId } = args;
  const piece = findPiece(project, args.pieceId);
  if (!Number.isSafeInteger(at) || at <= piece.from || at >= piece.to) {
    return { project, label: 'Split' };
  }
  const halves = [
    { ...piece, to: at },
    { ...piece, id: newId, from: at },
  ];
  return replace(project, piece, halves, 'Split');
}

/** Gives a piece other ends, in clip time. Throws `sequence/empty-piece` where nothing would be left. */
export function trimPiece(
  project: Project,
  args: { readonly pieceId: string; readonly span: TimeSpan },
): Step {
  const piece = findPiece(project, args.pieceId);
  const from = Math.max(0, args.span.from);
  const { to } = args.span;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from >= to) {
    throw new AppError(
      'sequence/empty-piece',
      `It would run from ${from / 1e6} s to ${to / 1e6} s.`,
    );
  }
  if (from === piece.from && to === piece.to) {
    return { project, label: 'Trim' };
  }
  return replace(project, piece, [{ ...piece, from, to }], 'Trim');
}

/** Takes pieces out; what comes behind them closes up. Throws `sequence/last-piece` where none would be left. */
export function removePieces(
  project: Project,
  args: { readonly pieceIds: readonly string[] },
): Step {
  const gone = new Set(args.pieceIds);
  const pieces = project.pieces.filter(({ id }) => !gone.has(id));
  return keepSome(project, pieces, gone.size === 1 ? 'Delete piece' : `Delete ${gone.size} pieces`);
}

/**
 * Takes a span of a clip out of every piece that shows it. A piece that is cut in two keeps its id on the left; the
 * right parts are called `newId-1`, `newId-2`, …
 */
export function extractSpan(
  project: Project,
  args: { readonly clipId: string; readonly span: TimeSpan; readonly newId: string },
): Step {
  const { clipId, span, newId } = args;
  let made = 0;
  const pieces = project.pieces.flatMap((piece) => {
    if (piece.clipId !== clipId || span.to <= piece.from || span.from >= piece.to) {
      return [piece];
    }
    const left = span.from > piece.from ? [{ ...piece, to: span.from }] : [];
    if (span.to >= piece.to) {
      return left;
    }
    const id = left.length === 0 ? piece.id : `${newId}-${++made}`;
    return [...left, { ...piece, id, from: span.to }];
  });
  return keepSome(project, pieces, 'Cut out span');
}

/** Moves a piece to place `to` of the playing order, counted without it. */
export function movePiece(
  project: Project,
  args: { readonly pieceId: string; readonly to: number },
): Step {
  const piece = findPiece(project, args.pieceId);
  const others = project.pieces.filter((other) => other !== piece);
  const to = Math.min(Math.max(0, args.to), others.length);
  const isSame = project.pieces[to] === piece;
  const pieces = others.toSpliced(to, 0, piece);
  return { project: isSame ? project : { ...project, pieces }, label: 'Move piece' };
}

/** The same piece once more, behind the first. */
export function repeatPiece(
  project: Project,
  args: { readonly pieceId: string; readonly newId: string },
): Step {
  const piece = findPiece(project, args.pieceId);
  return replace(project, piece, [piece, { ...piece, id: args.newId }], 'Repeat piece');
}

/**
 * Puts the ends of a clip's pieces on its frames, now that they are known: documents of version 1 and of the command
 * line say `CLIP_END`, and another decoder may find another end. A piece that lies beyond the end goes, unless it is
 * the clip's only one: then it shows the whole clip. The same document where nothing changes.
 */
export function fitPieces(
  project: Project,
  args: {
    readonly clipId: string;
    readonly times: ArrayLike<Microseconds>;
    readonly duration: Microseconds;
  },
): Project {
  const { clipId, times, duration } = args;
  const own = project.pieces.filter((piece) => piece.clipId === clipId);
  const fitted = new Map(own.map((piece) => [piece, fit(piece, times, duration)]));
  const isLost = own.length > 0 && [...fitted.values()].every((piece) => piece === null);
  if (own.every((piece) => fitted.get(piece) === piece)) {
    return project;
  }
  const pieces = project.pieces.flatMap((piece) => {
    if (piece.clipId !== clipId) {
      return [piece];
    }
    const kept = fitted.get(piece) ?? null;
    const whole = isLost && piece === own[0] ? { ...piece, from: 0, to: duration } : null;
    return kept ?? whole ?? [];
  });
  return { ...project, pieces };
}

function fit(piece: Piece, times: ArrayLike<Microseconds>, duration: number): Piece | null {
  const onFrame = (time: Microseconds): Microseconds => {
    if (time >= duration) {
      return duration;
    }
    const index = frameAt(times, time);
    const before = times[index] ?? 0;
    const after = times[index + 1] ?? duration;
    return time - before <= after - time ? before : after;
  };
  const from = onFrame(piece.from);
  const to = onFrame(piece.to);
  if (from >= to) {
    return null;
  }
  return from === piece.from && to === piece.to ? piece : { ...piece, from, to };
}

function findPiece(project: Project, pieceId: string): Piece {
  const piece = project.pieces.find(({ id }) => id === pieceId);
  assert(piece !== undefined, `piece ${pieceId} is not in the project`);
  return piece;
}

function replace(project: Project, piece: Piece, by: readonly Piece[], label: string): Step {
  const pieces = project.pieces.flatMap((other) => (other === piece ? by : [other]));
  return { project: { ...project, pieces }, label };
}

function keepSome(project: Project, pieces: readonly Piece[], label: string): Step {
  if (pieces.length === 0) {
    throw new AppError('sequence/last-piece');
  }
  const isSame =
    pieces.length === project.pieces.length &&
    pieces.every((piece, index) => piece === project.pieces[index]);
  return { project: isSame ? project : { ...project, pieces }, label };
}
