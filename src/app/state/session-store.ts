import { createStore } from 'zustand/vanilla';
import type { Microseconds, TimeSpan } from '../../base/units.ts';
import type { BoxLayer, Edit, MaskTrack } from '../../project/document.ts';
import type { ClipInfo } from '../../protocol/media.ts';
import type { Shown } from '../../protocol/preview.ts';

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
  /** Null: the whole clip. */
  readonly span: TimeSpan | null;
  readonly mask: MaskTrack | null;
  /** Drawn once per edit, so that 'preview this frame' and the edit after it agree. */
  readonly seed: number;
};

export type MaskShape = BoxLayer['shape'];

/** Of those that lie over the page one is open at a time. */
export type DialogName = 'export' | 'palette' | 'settings' | 'shortcuts';

/** All that is not saved: selection, playhead, what is being opened or drawn. */
export type SessionState = {
  readonly phase: Phase;
  readonly clip: OpenClip | null;
  /** Playhead, as a frame number of the clip. */
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
  readonly selectedEdit: string | null;
  readonly draft: Draft;
  /** A draft that had one frame previewed: shown over the project, not part of it. */
  readonly trial: Edit | null;
  /** What is about to be drawn, and for which edit; null is the next one. */
  readonly maskTool: { readonly shape: MaskShape; readonly editId: string | null } | null;
  readonly shown: Shown | null;
  /** Counts viewer restarts: the canvas belongs to a worker and can't be taken back from a dead one. */
  readonly viewerGeneration: number;
  readonly zoom: number;
  /** Something else is to be opened (null: the start screen) while there are edits: waits for a word. */
  readonly replacement: { readonly file: File | null } | null;
  readonly dialog: DialogName | null;
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
    clip: null,
    frame: 0,
    playing: false,
    rate: 1,
    loop: false,
    muted: false,
    split: 0.5,
    compare: true,
    sourceOnly: false,
    selectedEdit: null,
    draft: emptyDraft(),
    trial: null,
    maskTool: null,
    shown: null,
    viewerGeneration: 0,
    zoom: 1,
    replacement: null,
    dialog: null,
  }));
}

export type Session = ReturnType<typeof createSession>;
