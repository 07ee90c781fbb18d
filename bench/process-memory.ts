import { execFileSync } from 'node:child_process';

type Process = { readonly id: number; readonly parent: number; readonly bytes: number };

function processes(): Process[] {
  try {
    const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const [id, parent, kilobytes] = line.trim().split(/\s+/).map(Number);
      return id === undefined || parent === undefined || kilobytes === undefined
        ? []
        : [{ id, parent, bytes: kilobytes * 1024 }];
    });
  } catch {
    return []; // No `ps` here.
  }
}

/** Resident bytes of this process and all it started, shared pages counted in each: no less than what they take. */
export function treeBytes(): number {
  const all = processes();
  const tree = new Set([process.pid]);
  // Children may be listed before their parents.
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    all.filter(({ parent }) => tree.has(parent)).forEach(({ id }) => tree.add(id));
  }
  return all.filter(({ id }) => tree.has(id)).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Looks every half second while `work` goes on; the most it saw. */
export async function watchTree<T>(work: () => Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = treeBytes();
  const watch = setInterval(() => {
    peak = Math.max(peak, treeBytes());
  }, 500);
  try {
    return { result: await work(), peak };
  } finally {
    clearInterval(watch);
  }
}
