import { AppError } from '../base/error.ts';
import type { Clip } from '../project/document.ts';
import type { SavedProject } from '../project/saved.ts';
import type { JobsState } from './state/jobs-store.ts';
import { byteSize } from './time.ts';

/** What a saved project has beside its clips' files. */
export type StoredWork = {
  readonly saved: SavedProject;
  /** Those that pieces show, at least one, in the document's order; then those that undo and redo would show. */
  readonly clips: readonly Clip[];
  /** As it was read; null where it has to be written first. */
  readonly text: string | null;
  readonly canWrite: boolean;
  readonly pictures: Pick<JobsState, 'pictures' | 'latest'>;
};

/** What a new project of this file is called. */
export function firstName(fileName: string): string {
  return fileName.replace(/\.[^.]{1,5}$/, '');
}

/** Another file was chosen for this clip. */
export function otherFile({ name, bytes }: Clip): AppError {
  return new AppError('media/other-file', `It needs “${name}”, ${byteSize(bytes)}.`);
}
