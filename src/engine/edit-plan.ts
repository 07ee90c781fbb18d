import { must } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import type { Microseconds, Size } from '../base/units.ts';
import { planBatches, type Batch } from '../diffusion/chunks.ts';
import { planScenes } from '../diffusion/cuts.ts';
import { planModelSize } from '../diffusion/model-size.ts';
import type { Manifest } from '../models/manifest.ts';
import { anchorFrames } from '../project/anchors.ts';
import type { Edit, Project } from '../project/document.ts';
import { frameRange } from '../project/frames.ts';
import type { EditResult, RuntimeKind } from '../protocol/engine.ts';
import { checkEdit } from './edit-settings.ts';
import { chooseMerge } from './merge-settings.ts';
import type { ModelPackage } from './package.ts';
import { nameResults } from './result-names.ts';
import { createEditSampler } from './scheduler-config.ts';

/** Frames of 256 x 256 pixels per graph run: enough to hide the cost of a call, few enough to see results early. */
const BATCH_AT_256 = { cpu: 4, webgpu: 8 } as const;
const LARGEST_BATCH = 8;

/** Everything about an edit that is decided before the model is loaded. */
export type EditPlan = {
  readonly edit: Edit;
  readonly package: ModelPackage;
  /** Frame numbers within the clip, half-open. */
  readonly range: { readonly from: number; readonly to: number };
  /** Numbers within the clip, ascending. */
  readonly anchors: readonly number[];
  readonly modelSize: Size;
  /** Frame numbers within the span. */
  readonly batches: readonly Batch[];
  /** The same anchors and batches by scene, in order; an edit that looks for no cuts is one. */
  readonly scenes: readonly PlannedScene[];
  /** Names under which the edit's pictures and the decoded source are stored. */
  readonly recipe: string;
  readonly base: string;
  /** Enabled edits below this one that share frames with it: their picture is this one's source. */
  readonly below: readonly EditResult[];
};

/** Frames between two cuts: they read anchors of their own, and no batch reaches over a cut. */
export type PlannedScene = Pick<EditPlan, 'anchors' | 'batches'>;

/** What a plan needs to know of the clip. */
export type PlannedClip = Size & {
  readonly fingerprint: string;
  readonly times: ArrayLike<Microseconds>;
};

export type PlanContext = {
  readonly project: Project;
  readonly clip: PlannedClip;
  readonly runtime: RuntimeKind;
  /** In place of the size that fits the runtime; another size is another recipe. */
  readonly batchSize?: number | undefined;
  readonly openPackage: (id: string) => Promise<ModelPackage>;
  /** Frames within a range of the clip that begin a new scene, ascending; asked for only by edits that want it. */
  readonly findCuts?: (range: EditPlan['range']) => Promise<readonly number[]>;
};

/** While a stack is planned: every package is opened once and every edit planned once. */
type StackContext = PlanContext & { readonly plan: (editId: string) => Promise<EditPlan> };

/** Checks an edit and plans it: `prompt/empty`, `edit/bad-setting`, `edit/empty-span`, `model/…`. */
export async function planEdit(editId: string, context: PlanContext): Promise<EditPlan> {
  const openPackage = oncePerId(context.openPackage);
  const plan: StackContext['plan'] = oncePerId((id) =>
    planOne(id, { ...context, openPackage, plan }),
  );
  return await plan(editId);
}

function oncePerId<T>(make: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (id) => {
    const one = made.get(id) ?? make(id);
    made.set(id, one);
    return one;
  };
}

async function planOne(editId: string, context: StackContext): Promise<EditPlan> {
  const { project, clip, runtime } = context;
  const edit = findEdit(project, editId);
  const lower = project.edits.slice(0, project.edits.indexOf(edit));
  checkEdit(edit);
  const range = frameRange(clip.times, edit.span);
  if (range.from >= range.to) {
    throw new AppError('edit/empty-span', describeSpan(edit, clip.times));
  }
  const modelPackage = await context.openPackage(edit.settings.model);
  const { manifest } = modelPackage;
  checkSites(manifest);
  checkInversion(manifest, edit);
  const { steps } = createEditSampler(manifest, edit.settings);
  const modelSize = planModelSize(clip, edit.settings.size, manifest.stride);
  const below = await planBelow(lower, edit, range, context);
  const cuts = edit.settings.scenes === true ? ((await context.findCuts?.(range)) ?? []) : [];
  const isChain = edit.settings.mode === 'previous+first';
  const fitting = planBatchSize(modelSize, runtime, manifest.branches.length);
  const batchSize = isChain ? 1 : (context.batchSize ?? fitting);
  const scenes = divide(edit, clip.times, range, cuts, batchSize);
  const plan = {
    edit,
    package: modelPackage,
    range,
    anchors: scenes.flatMap((scene) => scene.anchors),
    modelSize,
    batches: scenes.flatMap((scene) => scene.batches),
    scenes,
    below,
  };
  const shown = below.map((result) => ({ ...result, edit: findEdit(project, result.editId) }));
  const { fingerprint } = clip;
  const named = {
    ...plan,
    sceneAnchors: Math.max(...scenes.map(({ anchors }) => anchors.length)),
    below: shown,
    batchSize,
    cuts,
    fingerprint,
    runtime,
    stepsRun: steps.length,
  };
  return { ...plan, ...(await nameResults(named)) };
}

function findEdit({ edits }: Project, id: string): Edit {
  return must(
    edits.find((edit) => edit.id === id),
    `edit ${id}`,
  );
}

function divide(
  edit: Edit,
  times: ArrayLike<Microseconds>,
  range: EditPlan['range'],
  cuts: readonly number[],
  batchSize: number,
): PlannedScene[] {
  let index = 0;
  return planScenes(
    range.to - range.from,
    cuts.map((cut) => cut - range.from),
  ).map(({ from, to }) => ({
    anchors: anchorFrames(edit.settings, times, { from: range.from + from, to: range.from + to }),
    batches: planBatches(to - from, batchSize).map((batch) => ({
      ...batch,
      index: index++,
      frames: batch.frames.map((frame) => from + frame),
    })),
  }));
}

/** Motion modules couple a whole window of frames; the loops over chunks do not cut the clip into windows. */
function checkSites(manifest: Manifest): void {
  if (manifest.segments.some((segment) => segment.site?.kind === 'temporal')) {
    throw new AppError(
      'model/unsupported',
      'It has motion modules, which edits can’t run yet; the same checkpoint without its motion adapter can.',
    );
  }
}

/** Refused before the model is loaded: the same rule as `planInversion`, whose steps are not known yet. */
function checkInversion(manifest: Manifest, { mask, settings }: Edit): void {
  if (
    mask !== null &&
    chooseMerge(manifest, settings).source === 'invert' &&
    manifest.prediction === 'sample'
  ) {
    throw new AppError(
      'edit/bad-setting',
      'The model predicts the picture itself, so a source can’t be inverted with it; choose renoise.',
    );
  }
}

/** Frames per graph run: fixed per package, size and runtime, because pictures depend on it in the last bits. */
export function planBatchSize(size: Size, runtime: RuntimeKind, branches: number): number {
  const fitting = (BATCH_AT_256[runtime] * 256 * 256) / (size.width * size.height * branches);
  return Math.min(LARGEST_BATCH, Math.max(1, Math.round(fitting)));
}

/** The lower edits that this one's frames show, lowest first; each is named by its own plan. */
async function planBelow(
  lower: readonly Edit[],
  edit: Edit,
  range: EditPlan['range'],
  context: StackContext,
): Promise<EditResult[]> {
  const results: EditResult[] = [];
  for (const candidate of lower) {
    const other = frameRange(context.clip.times, candidate.span);
    const overlaps = other.from < range.to && range.from < other.to;
    if (candidate.enabled && candidate.clipId === edit.clipId && overlaps) {
      const { recipe, base, anchors } = await context.plan(candidate.id);
      results.push({ editId: candidate.id, recipe, base, anchors });
    }
  }
  return results;
}

function describeSpan(edit: Edit, times: ArrayLike<Microseconds>): string {
  const seconds = (time: number) => (time / 1e6).toFixed(2);
  const last = times[times.length - 1] ?? 0;
  return (
    `It goes from ${seconds(edit.span.from)} s to ${seconds(edit.span.to)} s; ` +
    `the clip’s frames lie from 0 s to ${seconds(last)} s.`
  );
}
