import { assert } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import type { Microseconds, TimeSpan } from '../base/units.ts';
import type { Clip, Edit, EditSettings, Project } from './document.ts';
import { checkClip, checkEdit } from './schema.ts';
import { CLIP_END } from './sequence.ts';

/** Characters. */
const MOST_NAME = 1_000;

/**
 * What a command returns: the document after it and the words undo shows for it. Commands are pure, leave a valid
 * document or throw (`edit/bad-setting`, `edit/empty-span`, `project/invalid`), and return the same document when
 * nothing changes.
 */
export type Step = { readonly project: Project; readonly label: string };

/** What of an edit can be changed in one go; settings are merged into those it has, undefined ones are taken away. */
export type EditChange = Partial<
  Pick<Edit, 'prompt' | 'promptKind' | 'negative' | 'amount' | 'mask'>
> & { readonly settings?: SettingsChange };

export type SettingsChange = {
  readonly [Name in keyof EditSettings]?: EditSettings[Name] | undefined;
};

/** An empty document. */
export function createProject(id: string, name: string): Project {
  return { version: 2, id, name, clips: [], pieces: [], edits: [] };
}

export function renameProject(project: Project, args: { readonly name: string }): Step {
  const name = args.name.trim().slice(0, MOST_NAME);
  const unchanged = name === '' || name === project.name;
  return { project: unchanged ? project : { ...project, name }, label: 'Rename project' };
}

/** The same work as a project of its own; ids inside stay, so its finished pictures are found again. */
export function copyProject(project: Project, id: string): Project {
  return { ...project, id, name: nameOfCopy(project.name) };
}

/** `Meadow copy`, then `Meadow copy 2`, also of a name that is as long as may be. */
function nameOfCopy(name: string): string {
  const [, original = name, copy, count] = /^(.*?)( copy(?: (\d+))?)?$/s.exec(name) ?? [];
  const ending = copy === undefined ? ' copy' : ` copy ${Number(count ?? 1) + 1}`;
  return original.slice(0, MOST_NAME - ending.length) + ending;
}

/**
 * Adds a clip and, at the end of the sequence, one piece of the whole of it. Where its length isn't known yet the piece
 * reaches to `CLIP_END`, which `fitPieces` puts right.
 */
export function addClip(
  project: Project,
  args: { readonly clip: Clip; readonly duration?: Microseconds },
): Step {
  const clip = checkClip(args.clip);
  assert(!project.clips.some(({ id }) => id === clip.id), `clip ${clip.id} is in the project`);
  const taken = project.pieces.some(({ id }) => id === clip.id);
  const id = taken ? `${clip.id}-${project.pieces.length}`.slice(-100) : clip.id;
  const piece = { id, clipId: clip.id, from: 0, to: args.duration ?? CLIP_END };
  return {
    project: {
      ...project,
      clips: [...project.clips, clip],
      pieces: [...project.pieces, piece],
    },
    label: `Add ${clip.name}`,
  };
}

/** Puts an edit on top of the stack, or at place `at` counted from the lowest. */
export function addEdit(
  project: Project,
  args: { readonly edit: Edit; readonly at?: number },
): Step {
  const edit = checkSpan(args.edit);
  assert(!project.edits.some(({ id }) => id === edit.id), `edit ${edit.id} is in the project`);
  assert(
    project.clips.some(({ id }) => id === edit.clipId),
    `clip ${edit.clipId} is not in the project`,
  );
  checkEdit(edit);
  const edits = project.edits.toSpliced(args.at ?? project.edits.length, 0, edit);
  return { project: { ...project, edits }, label: `Edit “${edit.prompt}”` };
}

export function updateEdit(
  project: Project,
  args: { readonly editId: string; readonly change: EditChange },
): Step {
  const { change } = args;
  return {
    project: replaceEdit(project, args.editId, (edit) => ({
      ...edit,
      ...change,
      settings: mergeSettings(edit.settings, change.settings ?? {}),
    })),
    label: labelOf(change),
  };
}

export function removeEdit(project: Project, args: { readonly editId: string }): Step {
  const edit = findEdit(project, args.editId);
  const edits = project.edits.filter((other) => other !== edit);
  return { project: { ...project, edits }, label: `Remove “${edit.prompt}”` };
}

/** Gives an edit another span; keyframes keep their clip times. */
export function moveEdit(
  project: Project,
  args: { readonly editId: string; readonly span: TimeSpan },
): Step {
  const { from, to } = args.span;
  return {
    project: replaceEdit(project, args.editId, (edit) =>
      checkSpan({ ...edit, span: { from, to } }),
    ),
    label: 'Move edit',
  };
}

export function setEnabled(
  project: Project,
  args: { readonly editId: string; readonly enabled: boolean },
): Step {
  const { editId, enabled } = args;
  return {
    project: replaceEdit(project, editId, (edit) => ({ ...edit, enabled })),
    label: enabled ? 'Turn edit on' : 'Turn edit off',
  };
}

function findEdit(project: Project, editId: string): Edit {
  const edit = project.edits.find(({ id }) => id === editId);
  assert(edit !== undefined, `edit ${editId} is not in the project`);
  return edit;
}

function replaceEdit(project: Project, editId: string, change: (edit: Edit) => Edit): Project {
  const before = findEdit(project, editId);
  const after = checkEdit(change(before));
  if (JSON.stringify(after) === JSON.stringify(before)) {
    return project;
  }
  const edits = project.edits.map((edit) => (edit === before ? after : edit));
  return { ...project, edits };
}

function checkSpan(edit: Edit): Edit {
  const { from, to } = edit.span;
  if (from >= to) {
    throw new AppError('edit/empty-span', `It runs from ${from / 1e6} s to ${to / 1e6} s.`);
  }
  return edit;
}

/** Whether a setting may be absent is checked with the rest of the edit. In the order in which they are read back. */
function mergeSettings(settings: EditSettings, change: SettingsChange): EditSettings {
  const all: SettingsChange = { ...settings, ...change };
  const kept = (Object.keys(SETTING_NAMES) as (keyof EditSettings)[]).filter(
    (name) => all[name] !== undefined,
  );
  return Object.fromEntries(kept.map((name) => [name, all[name]])) as EditSettings;
}

function labelOf(change: EditChange): string {
  if (change.prompt !== undefined) {
    return `Change prompt to “${change.prompt}”`;
  }
  if (change.mask !== undefined) {
    return change.mask === null ? 'Remove mask' : 'Change mask';
  }
  if (change.amount !== undefined) {
    return 'Change amount';
  }
  if (change.promptKind !== undefined) {
    return change.promptKind === 'delta' ? 'Prompt says the change' : 'Prompt is a full caption';
  }
  if (change.negative !== undefined) {
    return 'Change what to avoid';
  }
  return settingsLabel(change.settings ?? {});
}

/** In the schema's order. */
const SETTING_NAMES: Record<keyof EditSettings, string> = {
  model: 'model',
  seed: 'seed',
  steps: 'steps',
  strength: 'strength',
  size: 'size',
  anchors: 'number of anchors',
  anchorTimes: 'place of anchors',
  mode: 'what frames read',
  swapSteps: 'steps that read anchors',
  scenes: 'cuts',
  guidance: 'guidance',
  merge: 'boundary',
};

/** Named by the first setting: those that change together belong to one control. */
function settingsLabel(change: SettingsChange): string {
  const [first] = Object.keys(change) as (keyof EditSettings)[];
  return first === undefined ? 'Change settings' : `Change ${SETTING_NAMES[first]}`;
}
