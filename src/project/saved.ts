import * as v from 'valibot';
import { AppError } from '../base/error.ts';
import type { TimeSpan } from '../base/units.ts';
import type { MaskTrack, Project } from './document.ts';
import { mask } from './mask-schema.ts';
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

/** The edit that a person was about to make: what was typed, chosen and drawn for it. */
export type SavedDraft = {
  readonly prompt: string;
  readonly mask: MaskTrack | null;
  /** Chosen parts of clips, in clip time, by clip id. */
  readonly spans: Readonly<Record<string, TimeSpan>>;
  readonly seed: number;
};

/** What is on disk of a project: its document, and by content hash what was made of it. */
export type SavedProject = {
  readonly project: Project;
  /** Of each edit the newest first. */
  readonly results: readonly SavedResult[];
  /** Shown with the clip where its licence asks for it. */
  readonly attribution: string | null;
  /** Null where nothing was begun. */
  readonly draft: SavedDraft | null;
  /** The nearest steps of undo and redo. */
  readonly history: KeptHistory;
};

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const draftSchema = v.object({
  prompt: v.string(),
  mask: v.nullable(mask),
  spans: v.record(v.string(), v.object({ from: time, to: time })),
  seed: time,
});

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
  draft: v.optional(v.unknown()),
  history: v.optional(v.unknown()),
});

/** `history` is what a `HistoryWriter` wrote; without it what is saved begins with this state. */
export function serialiseSaved(
  { project, results, attribution, draft }: Omit<SavedProject, 'history'>,
  history = 'null',
): string {
  const begun = draft === null ? {} : { draft };
  const state = JSON.stringify({ format: 1, project, results, attribution, ...begun });
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
  const history = readHistory(parsed.output.history, project.id);
  return { project, results, attribution, draft: readDraft(parsed.output.draft), history };
}

/** What can't be read of it is as good as not begun: the project is worth more. */
function readDraft(saved: unknown): SavedDraft | null {
  const parsed = v.safeParse(draftSchema, saved);
  return parsed.success ? parsed.output : null;
}
