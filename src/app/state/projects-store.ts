import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { Clip } from '../../project/document.ts';
import type { NeededSize } from '../../protocol/projects.ts';

/** A stored project as the list shows it. */
export type ProjectEntry = {
  readonly id: string;
  readonly name: string;
  /** Null where the document can't be read. */
  readonly contents: { readonly clips: readonly Clip[]; readonly edits: number } | null;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  /** Some tab has it open; this one too. */
  readonly isOpen: boolean;
  /** Parts of its files could not be read and were left out. */
  readonly isDamaged: boolean;
  /** With its clips and finished pictures; null until it was measured. */
  readonly size: NeededSize | null;
};

/** Files that a person chose for clips that are not kept here, by clip id. */
export type ChosenFiles = ReadonlyMap<string, File>;

/** A project with a clip that is neither kept here nor chosen yet. */
export type MissingClip = {
  readonly projectId: string;
  readonly projectName: string;
  readonly clip: Clip;
  /** Of other clips of it. */
  readonly chosen: ChosenFiles;
  /** Why the file chosen last was not taken. */
  readonly error: AppError | null;
};

export type ProjectsState = {
  readonly isOpen: boolean;
  /** Newest first; null until it was read. */
  readonly entries: readonly ProjectEntry[] | null;
  readonly error: AppError | null;
  readonly missing: MissingClip | null;
};

export function createProjects() {
  return createStore<ProjectsState>(() => ({
    isOpen: false,
    entries: null,
    error: null,
    missing: null,
  }));
}

export type Projects = ReturnType<typeof createProjects>;
