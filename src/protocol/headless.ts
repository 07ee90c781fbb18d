import type { Project } from '../project/document.ts';
import type { EditSummary, ExportSummary, JobEvent, RuntimeChoice, RuntimeInfo } from './engine.ts';
import type { FramesInfo } from './frames.ts';

/**
 * What `engine.html` offers to the program that drives it: the engine without the page. It stands on the window as a
 * RemoteService: a page that is driven from outside is one more thread to cross.
 */
export interface HeadlessApi {
  /** Starts the engine; the source is the file chosen in the page's file input. */
  start(choice: RuntimeChoice): Promise<RuntimeInfo>;
  /** Edits the chosen file and keeps the export in the browser's storage. */
  run(request: HeadlessRequest): Promise<HeadlessResult>;
  /** Hands the last export out as a download named `name`, then forgets it. */
  save(name: string): Promise<void>;
  /** Opens the chosen file to read its frames; the engine is not needed. */
  openFrames(): Promise<FramesInfo>;
  /** A frame of it as shown, RGBA as base64. In order is fast. */
  readFrame(index: number): Promise<string>;
}

export type HeadlessRequest = {
  /** A project with one clip and one edit. */
  readonly project: Project;
  readonly container: 'mp4' | 'webm';
  readonly wantFrames: boolean;
};

export type HeadlessResult = {
  readonly edit: EditSummary;
  readonly export: ExportSummary;
};

/** Functions the driver puts on the window before the page loads; PNG bytes cross as base64. */
export interface HeadlessDriver {
  deltacutEvent(event: JobEvent): Promise<void>;
  deltacutFrame(index: number, pngBase64: string): Promise<void>;
}
