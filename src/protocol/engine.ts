import type { Edit, Project } from '../project/document.ts';
import type { Seconds } from '../base/units.ts';
import type {
  ImportProgress,
  ImportRequest,
  ImportSummary,
  ModelLibrary,
} from './model-library.ts';
import type { PromptReading } from './prompt-reading.ts';

export type RuntimeKind = 'webgpu' | 'cpu';
export type RuntimeChoice = RuntimeKind | 'auto';

/** What a person may choose of how the engine works. */
export type EngineSetup = {
  readonly choice: RuntimeChoice;
  /**
   * For the anchors' keys and values of all steps: where they fit, the anchors run once for the whole edit. Null: as much
   * as the engine thinks best.
   */
  readonly bankBytes: number | null;
};

/** What was found on this machine. */
export type MachineFacts = {
  /** Whether the browser has `navigator.gpu` here. */
  readonly hasWebGpu: boolean;
  readonly adapter: AdapterFacts | null;
  /** Threads that the WASM provider gets. */
  readonly threads: number;
};

export type AdapterFacts = {
  readonly name: string;
  /** Emulated on the processor (SwiftShader, llvmpipe): right, and far slower than the WASM provider. */
  readonly isSoftware: boolean;
};

export type RuntimeInfo = {
  readonly kind: RuntimeKind;
  /** Adapter or processor in words, as shown in the badge. */
  readonly device: string;
  /** One sentence: why this runtime, and what would change it. */
  readonly reason: string;
};

/** Where a job stands, in words and numbers; sent at most about ten times a second. */
export type JobProgress = {
  readonly stage:
    | 'opening'
    | 'loading-model'
    | 'preparing'
    | 'rendering'
    | 'encoding'
    | 'finishing';
  readonly done: number;
  readonly total: number;
  /** Unit of `done` and `total`. */
  readonly unit: 'bytes' | 'frames' | 'steps';
  /** Frames per second over the last seconds; 0 while unknown. */
  readonly framesPerSecond: number;
  /** NaN while unknown. */
  readonly secondsLeft: Seconds;
};

export type JobEvent =
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  /** Said once the recipe is known: pictures of this job are stored under these two names. */
  | {
      readonly kind: 'recipe';
      readonly recipe: string;
      readonly base: string;
      readonly anchors: readonly number[];
    }
  /** These frames (numbers within the clip) are finished and stored. */
  | { readonly kind: 'frames'; readonly indices: readonly number[] }
  /** What the model makes of the prompt, said before the first frame; by packages that can tell, where the model is run. */
  | { readonly kind: 'reading'; readonly reading: PromptReading }
  /** Something the user should know that is no failure: a cut prompt, a lost GPU. */
  | { readonly kind: 'notice'; readonly text: string };

export type EditRequest = {
  readonly jobId: string;
  readonly source: File;
  readonly project: Project;
  readonly editId: string;
  /** Only this frame (number within the clip): 'preview this frame'. Anchors stay those of the whole span. */
  readonly onlyFrame?: number;
};

/** Seconds spent per stage, for the benchmark and the summary line. */
export type StageTimes = {
  /** Loading the model and encoding the prompt. */
  readonly load: Seconds;
  readonly decode: Seconds;
  readonly vaeEncode: Seconds;
  readonly unet: Seconds;
  readonly attention: Seconds;
  readonly vaeDecode: Seconds;
  readonly store: Seconds;
};

export type EditSummary = {
  readonly recipe: string;
  readonly base: string;
  readonly anchors: readonly number[];
  readonly frames: number;
  readonly edited: number;
  /** Frames that were found finished from an earlier run. */
  readonly reused: number;
  readonly seconds: Seconds;
  readonly firstFrameSeconds: Seconds;
  readonly stages: StageTimes;
};

/** Which stored pictures an edit has: recipe name, its decoded source, model size is inside the pictures. */
export type EditResult = {
  readonly editId: string;
  readonly recipe: string;
  readonly base: string;
  /** Frames (numbers within the clip, ascending) whose keys and values the others read. */
  readonly anchors: readonly number[];
};

/** The file of one of the document's clips. */
export type ClipFile = { readonly clipId: string; readonly file: File };

export type ExportRequest = {
  readonly jobId: string;
  /** At least those of all clips that pieces show. */
  readonly sources: readonly ClipFile[];
  readonly project: Project;
  readonly results: readonly EditResult[];
  readonly container: 'auto' | 'mp4' | 'webm';
  /** Written by position and closed at the end; on failure nothing is left. */
  readonly target: FileSystemFileHandle;
  /** Also hand out the composited frames of these edits' spans, before encoding, as PNG (command line). */
  readonly wantFrames: boolean;
};

export type ExportSummary = {
  readonly frames: number;
  readonly duration: Seconds;
  readonly width: number;
  readonly height: number;
  readonly container: 'mp4' | 'webm';
  readonly video: string;
  readonly audio: string | null;
  /** Whether the source's sound packets were copied, re-encoded, or there was nothing to keep. */
  readonly audioHandling: 'copied' | 'transcoded' | 'none';
  readonly notices: readonly string[];
  readonly seconds: Seconds;
};

/** What the engine worker exposes. Jobs run one at a time, in order of arrival. */
export interface EngineService {
  start(setup: EngineSetup): Promise<RuntimeInfo>;
  /**
   * From now on no graph begins to run while the person before the page is busy, or only now and then: `activity` is memory of
   * `createActivityMemory` in which the page notes each input. It changes no result.
   */
  giveWayTo(activity: SharedArrayBuffer): void;
  /** What there is to choose a runtime from. Waits for no job. */
  machine(): Promise<MachineFacts>;
  edit(request: EditRequest, onEvent: (event: JobEvent) => void): Promise<EditSummary>;
  export(
    request: ExportRequest,
    onEvent: (event: JobEvent) => void,
    onFrame?: (index: number, png: Uint8Array) => Promise<void>,
  ): Promise<ExportSummary>;
  /**
   * What a prompt asks of a package; null where the package can't tell. Waits for no job, and loads no more than the text
   * encoder: to be called while a prompt is typed.
   */
  readPrompt(model: string, prompt: string): Promise<PromptReading | null>;
  /** Compiles a checkpoint into the browser's storage, as one more job of the queue. */
  importModel(
    request: ImportRequest,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportSummary>;
  /** What was imported, and what is unfinished. Answers at once, whatever is running. */
  listModels(): Promise<ModelLibrary>;
  /** Removes a package or unfinished work, once the jobs before it are done. */
  removeModel(id: string): Promise<void>;
  /** Stops a waiting or running job at its next step; the call rejects with `job/cancelled`. */
  cancel(jobId: string): void;
}

/** The edits of a project that change the picture, lowest first. */
export function activeEdits(project: Project): readonly Edit[] {
  return project.edits.filter((edit) => edit.enabled);
}
