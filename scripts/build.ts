import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from './steps.ts';

const SOURCES = ['src', 'public/samples', 'public/licences'];
const SINGLE = [
  'index.html',
  'engine.html',
  'vite.config.ts',
  'package-lock.json',
  'scripts/server-headers.ts',
];
const STAMP = `${ROOT}/dist/.sources`;

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|spec)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = [
    ...SOURCES.flatMap((name) => filesBelow(join(ROOT, name))),
    ...SINGLE.map((name) => join(ROOT, name)),
  ];
  for (const file of files) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  // Packages are large and checked by their own hashes: their manifests say when they changed.
  for (const file of filesBelow(join(ROOT, 'public/models')).filter((name) =>
    name.endsWith('.json'),
  )) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** A test runner sets NODE_ENV to `test`: the page would get React's development build, half as large again. */
async function buildForProduction(): Promise<void> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (before === undefined) {
      delete process.env['NODE_ENV'];
    } else {
      process.env['NODE_ENV'] = before;
    }
  }
}

/** Builds the app into dist/ unless the sources are those of the last build. */
export async function ensureBuilt(): Promise<void> {
  const hash = sourcesHash();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) {
    return;
  }
  process.stderr.write('Building the app …\n');
  await buildForProduction();
  writeFileSync(STAMP, hash);
}

export async function main(): Promise<number> {
  await ensureBuilt();
  return 0;
}
