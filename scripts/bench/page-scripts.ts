import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export type PageScript = { readonly name: string; readonly gzipBytes: number };

const IN_HTML = /assets\/([\w.-]+\.js)/g;
/** Static and dynamic imports as the bundler writes them. Workers are named by URL and so are none of these. */
const IMPORTS = /(?:from|import)\s*\(?["'`]\.\/([\w.-]+\.js)["'`]/g;

/** All scripts that the page itself can load, also those that it loads late: not its workers'. `dist` is the build. */
export async function pageScripts(dist: string): Promise<readonly PageScript[]> {
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const found = new Map<string, PageScript>();
  const names = Array.from(html.matchAll(IN_HTML), ([, name = '']) => name);
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (!found.has(name)) {
      const code = await readFile(join(dist, 'assets', name));
      found.set(name, { name, gzipBytes: gzipSync(code).length });
      names.push(...Array.from(code.toString().matchAll(IMPORTS), ([, next = '']) => next));
    }
  }
  return [...found.values()];
}
