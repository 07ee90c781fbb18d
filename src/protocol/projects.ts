import type {
  PackedContents,
  PackedSizes,
  PackRequest,
  TransferProgress,
  UnpackRequest,
  UnpackSummary,
} from './project-file.ts';

/** A project as it lies in the browser's storage. Its text is opaque here: `src/project/saved.ts` reads it. */
export type StoredProject = {
  readonly id: string;
  /** The newest whole record; null if none can be read. */
  readonly text: string | null;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  /** Of its own files; pictures and clips are apart. */
  readonly bytes: number;
  /** Files with parts that could not be read and were left out. */
  readonly damaged: readonly string[];
  /** Some tab has it open for writing; this one too. */
  readonly isOpen: boolean;
};

export type OpenedProject = Pick<StoredProject, 'text' | 'damaged'> & {
  /** False: another tab has it open, so this one only looks. */
  readonly canWrite: boolean;
};

export type OpenOptions = {
  /** Ask the tab that has it to hand it over. */
  readonly takeOver: boolean;
};

/** What a project shows besides its document. */
export type Needs = {
  /** Names of kept clips. */
  readonly clips: readonly string[];
  /** Hashes that pictures are stored under. */
  readonly pictures: readonly string[];
};

export type NeededSize = {
  /** On the disk, also what other projects need as well. */
  readonly bytes: number;
  /** Names of clips of which there is no copy here. */
  readonly missingClips: readonly string[];
};

/** Bytes on the disk by what they are for. */
export type StorageUse = {
  readonly models: number;
  /** Finished frames of edits. */
  readonly pictures: number;
  /** Copies of source clips. */
  readonly clips: number;
  readonly projects: number;
};

export type ProjectEvent =
  /** Another tab asks for the project: write what is not written yet, then `close`. Two seconds, then it is taken. */
  | { readonly kind: 'wanted'; readonly id: string }
  /** It was taken without an answer. */
  | { readonly kind: 'lost'; readonly id: string };

/**
 * What the store worker exposes. Calls are done one at a time, in order of arrival. Failures: `store/quota`,
 * `store/failed`, `store/locked`.
 */
export interface ProjectsService {
  /** Whom to tell. Called first. */
  listen(onEvent: (event: ProjectEvent) => void): void;
  list(): Promise<StoredProject[]>;
  /** Reads a project and, unless another tab has it, becomes its one writer; lets go of the one open before. */
  open(id: string, options: OpenOptions): Promise<OpenedProject>;
  /** Writes a new state; resolves once it is on disk. Becomes the writer where this tab is not yet: `store/locked`. */
  append(id: string, text: string): Promise<void>;
  /** Lets go of this project, if it is the open one. */
  close(id: string): Promise<void>;
  /** Writes one state of a project that is not open here: a copy, a rename. */
  rewrite(id: string, text: string): Promise<void>;
  /** With what nothing else needs. `store/locked` while any other tab has it open. */
  remove(id: string, leftovers: Needs): Promise<void>;
  /** Keeps a copy of a clip's file; false where there is no room for it to be worth it. */
  keepClip(name: string, file: File): Promise<boolean>;
  /** null if it was not kept. */
  clip(name: string): Promise<File | null>;
  /** Frame numbers that are stored under both hashes. */
  frames(recipe: string, base: string): Promise<number[]>;
  /** What these need on the disk, without reading a file. Waits for no other call. */
  sizeOf(needs: Needs): Promise<NeededSize>;
  /** Looks at every file: seconds where there are many thousands. Waits for no other call. */
  usage(): Promise<StorageUse>;
  /** Removes the finished pictures of all hashes but these. No job may run. */
  clearPictures(kept: readonly string[]): Promise<void>;
  /** How much a project file with these contents would hold. */
  measurePacked(contents: PackedContents): Promise<PackedSizes>;
  /** Writes a project file. Transfers go beside other calls; `cancelTransfer` ends one with `job/cancelled`. */
  pack(request: PackRequest, onProgress: (progress: TransferProgress) => void): Promise<void>;
  /** The saved state in a project file: `project/foreign`, `project/newer`, `project/damaged`. */
  peek(file: File): Promise<string>;
  /** Brings a project file in; on failure nothing of it stays. `project/…` as above, `store/quota`. */
  unpack(
    request: UnpackRequest,
    onProgress: (progress: TransferProgress) => void,
  ): Promise<UnpackSummary>;
  cancelTransfer(jobId: string): void;
}
