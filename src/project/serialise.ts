import { AppError } from '../base/error.ts';
import type { Project } from './document.ts';
import { migrateFrom1 } from './migrate-1.ts';
import { checkProject } from './schema.ts';

const CURRENT = 2;

/** Turns a document of version n, the key, into one of version n + 1. Each knows only its own two versions. */
const MIGRATIONS: ReadonlyMap<number, (document: object) => object> = new Map([[1, migrateFrom1]]);

/** The document as JSON text. */
export function serialiseProject(project: Project): string {
  return JSON.stringify(project);
}

/** Reads what `serialiseProject` of this or an older version wrote; anything else is `project/invalid`. */
export function parseProject(text: string): Project {
  return readProject(parseJson(text));
}

/** The same for a document that is parsed already. */
export function readProject(document: unknown): Project {
  return checkProject(migrate(document));
}

/** Any JSON, or `project/invalid`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('project/invalid', 'It is not JSON.', { cause: error });
  }
}

function migrate(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('version' in document)) {
    throw new AppError('project/invalid', 'It has no version.');
  }
  const { version } = document;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new AppError('project/invalid', `Its version is ${JSON.stringify(version)}.`);
  }
  if (version > CURRENT) {
    throw new AppError(
      'project/invalid',
      `It was written by a newer Deltacut (format ${version}; this one reads up to ${CURRENT}).`,
    );
  }
  let current: object = document;
  for (let from = version; from < CURRENT; from++) {
    current = MIGRATIONS.get(from)?.(current) ?? current;
  }
  return current;
}
