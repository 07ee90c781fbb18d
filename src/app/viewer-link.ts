import type { Project } from '../project/document.ts';
import type { View } from '../protocol/preview.ts';
import { hasFrame } from './frame-ranges.ts';
import { maskTarget } from './mask-target.ts';
import type { PreviewClient } from './preview-client.ts';
import { findClip, leadingClip, shownSequence } from './sequence.ts';
import { soloProject } from './solo.ts';
import { shownPictures, toResult, type Jobs, type JobsState } from './state/jobs-store.ts';
import type { MaskLook, MaskStore } from './state/mask-store.ts';
import type { Notices } from './state/notices-store.ts';
import type { ProjectStore } from './state/project-store.ts';
import type { OpenClip, Session, SessionState } from './state/session-store.ts';

/** The document as the viewer shows it: with the draft that is being tried on one frame, if any. */
export function shownProject(project: Project, session: SessionState): Project {
  return session.trial === null
    ? project
    : { ...project, edits: [...project.edits, session.trial] };
}

/** What of it is drawn: all, or one edit that is solo. A draft that is being tried is what one wants to see. */
function drawnProject(project: Project, session: SessionState): Project {
  return session.trial === null ? soloProject(project, session.soloEdit) : project;
}

/** Where source and edit meet in the picture: 1 is all source, 0 all edit. */
export function shownSplit(project: Project, session: SessionState): number {
  const drawn = drawnProject(shownProject(project, session), session);
  const isEdited = drawn.edits.some((edit) => edit.enabled);
  if (session.sourceOnly || !isEdited) {
    return 1;
  }
  return session.compare ? session.split : 0;
}

function viewOf(project: Project, session: SessionState, jobs: JobsState, look: MaskLook): View {
  const shown = shownProject(project, session);
  const drawn = drawnProject(shown, session);
  return {
    project: drawn,
    results: shownPictures(jobs, shown, drawn).map(toResult),
    frame: session.frame,
    split: shownSplit(project, session),
    ...shownPlace(project, session),
    ...shownMask(project, session, look),
  };
}

/** The mask that is worked on, while one can look at it. */
function shownMask(project: Project, session: SessionState, look: MaskLook): Pick<View, 'mask'> {
  const track = maskTarget(project, session)?.mask ?? null;
  return track === null || look === 'outline' || session.playing || session.sourceOnly
    ? {}
    : { mask: { track, look } };
}

/** A cut this near is made ready for. */
const NEAR_CUT_US = 2e6;

/** Which clip and piece are on screen, and what comes after the next cut. */
function shownPlace(project: Project, session: SessionState): Pick<View, 'clip' | 'stretch'> {
  const { clip, clips, piece, time, rate } = session;
  const leading = leadingClip(project, clips)?.info;
  const frames = shownSequence(project, clips);
  const here = frames.pieces.find((one) => one.piece.id === piece);
  if (clip === null || leading === undefined || here === undefined) {
    return {};
  }
  const isNear = rate > 0 && here.end - time < NEAR_CUT_US;
  const after = isNear ? frames.pieces[here.index + 1] : undefined;
  const afterClip = after === undefined ? undefined : findClip(clips, after.piece.clipId);
  const next =
    after === undefined || afterClip === undefined
      ? null
      : { id: after.piece.id, clip: afterClip.info.fingerprint, frame: after.first };
  const stretch = { id: here.piece.id, aspect: leading.width / leading.height, next };
  return { clip: clip.info.fingerprint, stretch };
}

/** Keeps the viewer showing the newest state: one draw under way at most, and none for what changes no pixel. */
export class ViewerLink {
  readonly #preview: PreviewClient;
  readonly #session: Session;
  readonly #project: ProjectStore;
  readonly #jobs: Jobs;
  readonly #masks: MaskStore;
  readonly #notices: Notices;
  #isDrawing = false;
  #drawn: readonly unknown[] = [];
  #size = '';
  /** Whose source was drawn ahead of its edits. */
  #sketched: OpenClip | null = null;

  constructor(
    preview: PreviewClient,
    session: Session,
    project: ProjectStore,
    jobs: Jobs,
    masks: MaskStore,
    notices: Notices,
  ) {
    this.#preview = preview;
    this.#session = session;
    this.#project = project;
    this.#jobs = jobs;
    this.#masks = masks;
    this.#notices = notices;
    const redraw = (): void => {
      void this.#draw();
    };
    session.subscribe(redraw);
    project.store.subscribe(redraw);
    jobs.subscribe(redraw);
    masks.subscribe(redraw);
  }

  async attach(canvas: HTMLCanvasElement): Promise<void> {
    await this.#guard(() => this.#preview.attach(canvas));
    this.#drawn = [];
    this.#size = '';
    this.#sketched = null;
  }

  /** Size of the viewer's picture in device pixels. */
  async resize(width: number, height: number): Promise<void> {
    const size = `${width}x${height}`;
    if (size === this.#size || width < 1 || height < 1) {
      return;
    }
    this.#size = size;
    await this.#guard(() => this.#preview.resize(width, height));
    this.#drawn = [];
    await this.#draw();
  }

  async #draw(): Promise<void> {
    const session = this.#session.getState();
    const project = this.#project.current;
    if (this.#isDrawing || project === null || session.clip === null || this.#size === '') {
      return;
    }
    const jobs = this.#jobs.getState();
    // The first picture of a clip is its source alone: without a GPU its edits take seconds to fit to it.
    const isSketch = session.shown === null && this.#sketched !== session.clip;
    const full = viewOf(project, session, jobs, this.#masks.getState().look);
    const view = isSketch ? { ...full, split: 1 } : full;
    const wanted = fingerprint(view, shownProject(project, session), jobs, session);
    if (wanted.length === this.#drawn.length && wanted.every((v, i) => v === this.#drawn[i])) {
      return;
    }
    this.#isDrawing = true;
    this.#drawn = wanted;
    await this.#guard(async () => {
      const shown = await this.#preview.show(view);
      const isWhole = full.split === view.split;
      if (isWhole && shown !== null && shown.frame === this.#session.getState().frame) {
        this.#session.setState({ shown });
      }
    });
    if (isSketch) {
      this.#sketched = session.clip;
    }
    this.#isDrawing = false;
    // Not awaited: while playing each draw leads to the next, and a chain of them would only grow.
    void this.#draw();
  }

  async #guard(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#notices.fail(error);
    }
  }
}

/** What a drawn picture depends on; equal lists draw the same. */
function fingerprint(
  view: View,
  shown: Project,
  jobs: JobsState,
  session: SessionState,
): readonly unknown[] {
  const pictures = shownPictures(jobs, shown, view.project).map(
    ({ editId, recipe, done }) => `${editId}:${recipe}:${hasFrame(done, view.frame)}`,
  );
  return [
    session.clip,
    session.viewerGeneration,
    view.frame,
    view.clip,
    view.stretch?.id,
    view.stretch?.aspect,
    view.stretch?.next?.id,
    view.split,
    session.trial ?? '',
    view.project.edits.length,
    view.mask?.track,
    view.mask?.look,
    session.trial === null ? shown : '',
    session.soloEdit,
    pictures.join(),
  ];
}
