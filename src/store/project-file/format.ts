import * as v from 'valibot';
import { AppError } from '../../base/error.ts';

/**
 * A project as one file: a zip whose entries are stored, not deflated (pictures and clips are packed already). In order:
 * `mimetype`, so that the file says what it is at its beginning; `project.json`, the state as projects are saved;
 * pictures and clips under the names they have on disk; `manifest.json`, written last, with the size and SHA-256 of each.
 */
export const MIME_TYPE = 'application/x-deltacut-project';
export const FORMAT = 1;
export const MIME_ENTRY = 'mimetype';
export const PROJECT_ENTRY = 'project.json';
export const MANIFEST_ENTRY = 'manifest.json';

/** A document is some kilobytes per edit; what is far above that is no project of ours. */
export const LARGEST_TEXT_BYTES = 256 * 2 ** 20;

export type FileEntry = {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
};

/** Only these names are taken from a file, so that it can put nothing anywhere else. */
const DATA_NAME = /^(pictures\/[0-9a-f]{64}\/\d{1,9}\.picture|clips\/[0-9a-zA-Z_-]{1,128})$/;

const entry = v.object({
  path: v.pipe(
    v.string(),
    v.check(
      (path) => path === PROJECT_ENTRY || DATA_NAME.test(path),
      'An entry has a strange name.',
    ),
  ),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const schema = v.object({ format: v.literal(FORMAT), files: v.array(entry) });

export function serialiseManifest(files: readonly FileEntry[]): string {
  return JSON.stringify({ format: FORMAT, files });
}

/** `project/newer` for a later format, `project/damaged` for what no Deltacut wrote. */
export function parseManifest(text: string): readonly FileEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('project/damaged', 'Its list of files is not JSON.', { cause: error });
  }
  const format = v.safeParse(v.object({ format: v.number() }), json);
  if (format.success && format.output.format > FORMAT) {
    throw new AppError(
      'project/newer',
      `Its format is ${format.output.format}; this Deltacut reads up to ${FORMAT}.`,
    );
  }
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    throw new AppError('project/damaged', parsed.issues[0].message);
  }
  const { files } = parsed.output;
  const paths = new Set(files.map(({ path }) => path));
  if (paths.size !== files.length || !paths.has(PROJECT_ENTRY)) {
    throw new AppError('project/damaged', 'Its list of files is not whole.');
  }
  return files;
}
