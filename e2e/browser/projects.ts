import { AppError } from '../../src/base/error.ts';
import { ProjectsClient } from '../../src/app/projects-client.ts';
import type { ProjectEvent } from '../../src/protocol/projects.ts';

/** Each client has a store worker of its own, as each tab has. */
const events: ProjectEvent[] = [];
const clients = new Map<string, ProjectsClient>();

function client(tab: string): ProjectsClient {
  const made = clients.get(tab) ?? new ProjectsClient((event) => events.push(event));
  clients.set(tab, made);
  return made;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

export function open(tab: string, id: string, takeOver: boolean): Promise<unknown> {
  return codeOf(client(tab).open(id, { takeOver }));
}

export function append(tab: string, id: string, text: string): Promise<unknown> {
  return codeOf(
    client(tab)
      .append(id, text)
      .then(() => 'written'),
  );
}

export function close(tab: string, id: string): Promise<unknown> {
  return codeOf(
    client(tab)
      .close(id)
      .then(() => 'closed'),
  );
}

/** As a tab that dies. */
export function endTab(tab: string): void {
  client(tab).dispose();
  clients.delete(tab);
}

/** A tab that answers when it is asked for the project. */
export function answerWhenWanted(tab: string, id: string, text: string): Promise<unknown> {
  const answering = new ProjectsClient((event) => {
    events.push(event);
    if (event.kind === 'wanted') {
      void answering.append(id, text);
      void answering.close(id);
    }
  });
  clients.set(tab, answering);
  return codeOf(answering.open(id, { takeOver: false }));
}

export function heard(): readonly ProjectEvent[] {
  return events.splice(0);
}

export async function listed(id: string): Promise<unknown> {
  const found = (await client('list').list()).find((one) => one.id === id);
  return found === undefined
    ? null
    : { text: found.text, damaged: found.damaged.length, isOpen: found.isOpen };
}

export function removeProject(id: string): Promise<unknown> {
  return codeOf(
    client('list')
      .remove(id, { clips: [], pictures: [] })
      .then(() => 'removed'),
  );
}

async function folderOf(id: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return await (await root.getDirectoryHandle('projects')).getDirectoryHandle(id);
}

export async function fileNames(id: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await folderOf(id)).keys()) {
    names.push(name.replace(/-[0-9a-f]{8}$/, ''));
  }
  return names.toSorted();
}

/** Changes the bytes of every file of a project whose name begins so: a cut from the end, or one flipped byte. */
export async function damage(
  id: string,
  prefix: string,
  how: { cut: number } | { flip: number },
): Promise<number> {
  const folder = await folderOf(id);
  let count = 0;
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === 'file' && name.startsWith(prefix)) {
      const file = handle as FileSystemFileHandle;
      const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
      const changed = 'cut' in how ? bytes.slice(0, Math.max(0, bytes.length - how.cut)) : bytes;
      if ('flip' in how) {
        const at = how.flip < 0 ? bytes.length + how.flip : how.flip;
        changed[at] = (changed[at] ?? 0) ^ 0x55;
      }
      const stream = await file.createWritable();
      await stream.write(changed);
      await stream.close();
      count++;
    }
  }
  return count;
}

/** Writes this many states of about this many characters; how long each took, in milliseconds. */
export async function writeMany(
  tab: string,
  id: string,
  count: number,
  length: number,
): Promise<{ median: number; bytes: number }> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    await client(tab).append(id, `${index} `.padEnd(length, 'x'));
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const found = (await client('list').list()).find((one) => one.id === id);
  return { median: times[Math.floor(count / 2)] ?? 0, bytes: found?.bytes ?? 0 };
}
