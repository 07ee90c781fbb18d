import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import config from '../vite.config.ts';

const SOURCES = new URL('../src/', import.meta.url);
const IMPORT = /^(?:import|export) (?!type\b)[^;]*?from '([^'.][^']*)';/gm;

/** What the page's own code imports from packages; tests and types aside. */
function importedPackages(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.includes('testing'),
  );
  const found = files.flatMap((path) =>
    [...readFileSync(new URL(path, SOURCES), 'utf8').matchAll(IMPORT)].map(([, name = '']) =>
      name.replace(/\?.*/, ''),
    ),
  );
  return [...new Set(found)].toSorted();
}

// A package that the server meets only when a page asks for it is prepared then, and every page that is open reloads or loads
// another copy of what it has.
it('every package that the page imports is prepared before the first page opens', () => {
  const { include = [], exclude = [] } = config.optimizeDeps ?? {};
  const isKnown = (name: string): boolean =>
    include.includes(name) || exclude.some((left) => name === left || name.startsWith(`${left}/`));
  const imported = importedPackages();
  expect(imported).toContain('comlink');
  expect(imported.filter((name) => !isKnown(name))).toEqual([]);
});
