import { createStore } from 'zustand/vanilla';
import type { Microseconds, Size, TimeSpan } from '../../base/units.ts';
import type { Edit, MaskTrack } from '../../project/document.ts';
import type { ClipInfo } from '../../protocol/media.ts';
import type { Shown } from '../../protocol/preview.ts';
import { NO_TRAIL, type DraftTrail } from '../draft-trail.ts';
import { WHOLE_PICTURE, type ViewZoom } from '../view-zoom.ts';
import type { MaskTool } from './mask-store.ts';

/** The open clip: its file, its facts and the times of its frames (microseconds). */
export type OpenClip = {
  readonly id: string;
  readonly file: File;
  readonly info: ClipInfo;
  readonly times: Float64Array<ArrayBuffer>;
  /** From the first shown frame, negative before it; null without sound. */
  readonly soundStart: Microseconds | null;
  /** Shown with the sample, as its licence asks. */
  readonly attribution: string | null;
};

export type Phase =
  | { readonly kind: 'start' }
  | { readonly kind: 'opening'; readonly name: string; readonly sample: boolean }
  | { readonly kind: 'editing' };

/** What the next edit will be made of, as the chips of the prompt bar show it. */
export type Draft = {
  readonly prompt: string;
  /** In time of the clip under the playhead. Null: the whole clip. */
  readonly span: TimeSpan | null;
  readonly mask: MaskTrack | null;
  /** Drawn once per edit, so that 'preview this frame' and the edit after it agree. */
  readonly seed: number;
};

/** Of those that lie over the page one is open at a time. */
export type DialogName = 'export' | 'palette' | 'settings' | 'shortcuts';

/** All that is not saved: selection, playhead, what is being opened or drawn. */
export type SessionState = {
  readonly phase: Phase;
  /** All clips of the project that are open, in the document's order. */
  readonly clips: readonly OpenClip[];
  /** The clip under the playhead. */
  readonly clip: OpenClip | null;
  /** Playhead, in sequence time: where the frame on screen begins. */
  readonly time: Microseconds;
  /** The piece under the playhead. */
  readonly piece: string | null;
  /** Playhead, as a frame number of the clip under it. */
  readonly frame: number;
  readonly playing: boolean;
  /** Speed of playing; negative goes back. */
  readonly rate: number;
  readonly loop: boolean;
  readonly muted: boolean;
  /** 0 to 1: source left of it, edit right of it. */
  readonly split: number;
  readonly compare: boolean;
  /** `\` is held. */
  readonly sourceOnly: boolean;
  /** An edit or a piece is selected, never both. */
  readonly selectedEdit: string | null;
  /** The one edit that is shown, on what it builds on. A way of looking: exports have all edits. */
  readonly soloEdit: string | null;
  /** Groups of the inspector that are unfolded. */
  readonly openGroups: readonly string[];
  readonly selectedPiece: string | null;
  readonly draft: Draft;
  /** Undo and redo of its mask. */
  readonly draftTrail: DraftTrail;
  /** The spans chosen on the other clips, by clip id: they come back when the playhead does. */
  readonly spans: Readonly<Record<string, TimeSpan | null>>;
  /** A draft that had one frame previewed: shown over the project, not part of it. */
  readonly trial: Edit | null;
  /** What is about to be drawn, and for which edit; null is the next one. */
  readonly maskTool: { readonly shape: MaskTool; readonly editId: string | null } | null;
  readonly shown: Shown | null;
  /** Counts viewer restarts: the canvas belongs to a worker and can't be taken back from a dead one. */
  readonly viewerGeneration: number;
  /** Of the timeline. */
  readonly zoom: number;
  /** How closely the picture is looked at, and the room for it in pixels of the page. */
  readonly view: ViewZoom;
  readonly stage: Size | null;
  /** What is dragged on the timeline jumps to ends, keyframes and the playhead. */
  readonly snaps: boolean;
  /** The sequence time that a drag has met. */
  readonly snapLine: Microseconds | null;
  /** Something else is to be opened (null: the start screen) while there are edits: waits for a word. */
  readonly replacement: { readonly file: File | null } | null;
  readonly dialog: DialogName | null;
  /** The project's name is a field. */
  readonly isNaming: boolean;
  /** A list that hangs from the header. */
  readonly panel: 'jobs' | 'history' | null;
};

export function newSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

export function emptyDraft(): Draft {
  return { prompt: '', span: null, mask: null, seed: newSeed() };
}

export function createSession() {
  return createStore<SessionState>(() => ({
    phase: { kind: 'start' },
    clips: [],
    clip: null,
    time: 0,
    piece: null,
    frame: 0,
    playing: false,
    rate: 1,
    loop: false,
    muted: false,
    split: 0.5,
    compare: true,
    sourceOnly: false,
    selectedEdit: null,
    soloEdit: null,
    openGroups: [],
    selectedPiece: null,
    draft: emptyDraft(),
    draftTrail: NO_TRAIL,
    spans: {},
    trial: null,
    maskTool: null,
    shown: null,
    viewerGeneration: 0,
    zoom: 1,
    view: WHOLE_PICTURE,
    stage: null,
    snaps: true,
    snapLine: null,
    replacement: null,
    dialog: null,
    isNaming: false,
    panel: null,
  }));
}

export type Session = ReturnType<typeof createSession>;
