/** What goes into a project file besides the document, by its names in the browser's storage. */
export type PackedContents = {
  /** Hashes that finished pictures are stored under. */
  readonly pictures: readonly string[];
  /** The copy that is kept is taken where no file is given. */
  readonly clips: readonly { readonly name: string; readonly file: File | null }[];
};

export type PackedSizes = {
  readonly pictures: number;
  readonly clips: number;
  /** Names of clips of which there is no copy here. */
  readonly missingClips: readonly string[];
};

export type PackRequest = {
  readonly jobId: string;
  /** The saved state, opaque here. */
  readonly text: string;
  readonly contents: PackedContents;
  /** Closed at the end; on failure it holds nothing. */
  readonly target: FileSystemFileHandle;
};

export type UnpackRequest = {
  readonly jobId: string;
  readonly file: File;
  /** What the project is to be called here, and the state to save under that name. */
  readonly id: string;
  readonly text: string;
};

export type UnpackSummary = {
  /** How many clips there was no room for. */
  readonly clipsLeftOut: number;
};

/** In bytes. */
export type TransferProgress = { readonly done: number; readonly total: number };
