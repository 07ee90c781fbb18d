import * as v from 'valibot';
import { AppError } from '../base/error.ts';
import type { Project } from './document.ts';
import { readHistory, type KeptHistory } from './saved-history.ts';
import { parseJson, readProject } from './serialise.ts';

/** Where the finished pictures of one state of an edit are stored. */
export type SavedResult = {
  /** Names the state: what the pictures depend on. */
  readonly key: string;
  readonly editId: string;
  /** SHA-256 (hex) of the recipe of the edited pictures, and of the decoded source. */
  readonly recipe: string;
  readonly base: string;
  /** Frame numbers within the clip. */
  readonly anchors: readonly number[];
};

/** What is on disk of a project: its document, and by content hash what was made of it. */
export type SavedProject = {
  readonly project: Project;
  /** Of each edit the newest first. */
  readonly results: readonly SavedResult[];
  /** Shown with the clip where its licence asks for it. */
  readonly attribution: string | null;
  /** The nearest steps of undo and redo. */
  readonly history: KeptHistory;
};

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const schema = v.object({
  format: v.literal(1),
  project: v.unknown(),
  results: v.array(
    v.object({
      key: v.string(),
      editId: v.string(),
      recipe: hash,
      base: hash,
      anchors: v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    }),
  ),
  attribution: v.nullable(v.string()),
  history: v.optional(v.unknown()),
});

/** `history` is what a `HistoryWriter` wrote; without it what is saved begins with this state. */
export function serialiseSaved(
  { project, results, attribution }: Omit<SavedProject, 'history'>,
  history = 'null',
): string {
  const state = JSON.stringify({ format: 1, project, results, attribution });
  return `${state.slice(0, -1)},"history":${history}}`;
}

/** Reads what `serialiseSaved` wrote, now or earlier; anything else is `project/invalid`. */
export function parseSaved(text: string): SavedProject {
  const parsed = v.safeParse(schema, parseJson(text));
  if (!parsed.success) {
    throw new AppError('project/invalid', parsed.issues[0].message);
  }
  const { results, attribution } = parsed.output;
  const project = readProject(parsed.output.project);
  return { project, results, attribution, history: readHistory(parsed.output.history, project.id) };
}
