import type { Seconds } from '../base/units.ts';
import type { Manifest } from '../models/manifest.ts';
import type { ModelReads } from './model-reads.ts';

export type Quantisation = Manifest['quantisation'];

/** A checkpoint folder that a person picked or dropped; its files stay on disk and are read in ranges. */
export type ImportRequest = {
  readonly jobId: string;
  /** Of the folder: the package's id and the name of unfinished work. */
  readonly name: string;
  /** Every file of the folder, with its path (`/`). */
  readonly files: readonly { readonly path: string; readonly file: File }[];
  /** `auto`: what this machine's runtime and memory call for. */
  readonly quantisation: Quantisation | 'auto';
  /** Fused into the weights, in this order. */
  readonly loras: readonly { readonly file: File; readonly weight: number }[];
};

export type ImportProgress = {
  /** Files of the package; most are one segment of the U-Net each. */
  readonly done: number;
  readonly total: number;
  /** Written so far. */
  readonly bytes: number;
  /** Files that an interrupted import of the same folder had finished. */
  readonly reused: number;
};

export type ImportSummary = {
  readonly id: string;
  readonly title: string;
  readonly quantisation: Quantisation;
  /** Why this quantisation, in one sentence. */
  readonly reason: string;
  readonly bytes: number;
  readonly files: number;
  readonly reused: number;
  /** Tensors of the LoRA files that fit no layer. */
  readonly unknownLoraKeys: readonly string[];
  readonly seconds: Seconds;
};

/** A package that was imported into the browser's storage. */
export type ImportedModel = {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly quantisation: string;
  readonly defaultSize: number;
  readonly steps: number;
  /** Tells which edits a prompt asks for. */
  readonly readsPrompts: boolean;
  readonly reads: ModelReads;
  /** On disk. */
  readonly bytes: number;
  /** What is wrong with it, where it can't be used. */
  readonly problem: string | null;
};

/** An import that was cancelled or cut off: it goes on when the same folder is chosen again. */
export type UnfinishedImport = {
  readonly id: string;
  /** Name of its folder. */
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
};

export type ModelLibrary = {
  readonly models: readonly ImportedModel[];
  readonly unfinished: readonly UnfinishedImport[];
};
