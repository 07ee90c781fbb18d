import { copyProject } from '../project/commands.ts';
import { parseSaved, serialiseSaved, type SavedProject } from '../project/saved.ts';
import type { Needs, StoredProject } from '../protocol/projects.ts';
import type { ProjectsClient } from './projects-client.ts';

/** What a stored project holds; null where nothing of it can be read. */
export function readable({ text }: Pick<StoredProject, 'text'>): SavedProject | null {
  try {
    return text === null ? null : parseSaved(text);
  } catch {
    return null;
  }
}

/** Makes a project of its own of a saved state; returns its name. Clip and finished pictures are shared. */
export async function copyStored(
  disk: Pick<ProjectsClient, 'rewrite'>,
  text: string,
): Promise<string> {
  const saved = parseSaved(text);
  const project = copyProject(saved.project, crypto.randomUUID());
  await disk.rewrite(project.id, serialiseSaved({ ...saved, project }));
  return project.name;
}

/** Removes it from the disk, with what belongs to it alone. */
export async function removeStored(disk: ProjectsClient, id: string): Promise<void> {
  const all = await disk.list();
  const kept = all.filter((one) => one.id !== id).map((one) => needsOf(readable(one)));
  const own = needsOf(readable(all.find((one) => one.id === id) ?? { text: null }));
  const alone = (pick: (needs: Needs) => readonly string[]): string[] => {
    const others = new Set(kept.flatMap(pick));
    return pick(own).filter((one) => !others.has(one));
  };
  // Of a project that can't be read nobody knows what it needs: then everything stays.
  const isClear = all.every((one) => one.id === id || readable(one) !== null);
  await disk.remove(id, {
    clips: isClear ? alone(({ clips }) => clips) : [],
    pictures: isClear ? alone(({ pictures }) => pictures) : [],
  });
}

/** Hashes of the finished pictures that some project shows; null where one can't be read, so that nobody knows. */
export async function picturesInUse(disk: ProjectsClient): Promise<readonly string[] | null> {
  const all = (await disk.list()).map(readable);
  return all.some((saved) => saved === null)
    ? null
    : all.flatMap((saved) => needsOf(saved).pictures);
}

/** Names of the clips and hashes of the pictures that a project shows. */
export function needsOf(saved: SavedProject | null): Needs {
  return {
    clips: saved?.project.clips.map(({ fingerprint }) => fingerprint) ?? [],
    pictures: saved?.results.flatMap(({ recipe, base }) => [recipe, base]) ?? [],
  };
}
