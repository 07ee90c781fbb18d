import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayImport, ROOM_NAMES, type Room } from './rooms.ts';
import { lintConfig } from './write-lint-config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAIRS = ROOM_NAMES.flatMap((from) =>
  ROOM_NAMES.filter((to) => to !== from).map((to) => ({ from, to })),
);

/** Globals that a room's library list must not offer, planted as bare uses. */
const FOREIGN_GLOBALS: readonly { room: Room; code: string }[] = [
  { room: 'models', code: 'document.title' },
  { room: 'diffusion', code: 'new OffscreenCanvas(1, 1)' },
  { room: 'project', code: 'fetch("/")' },
  { room: 'base', code: 'navigator.gpu' },
  { room: 'gpu', code: 'document.body' },
  { room: 'media', code: 'window.innerWidth' },
  { room: 'engine', code: 'document.title' },
];

type Violations = { lint: Set<string>; types: Set<string> };

const plantName = (to: string) => `plant-${to}.ts`;
const key = (from: string, to: string) => `src/${from}/${plantName(to)}`;

let folder = '';
let found: Violations;

/** A copy of the walls around rooms that hold one stub each and one import per other room. */
async function plantAll(): Promise<void> {
  await cp(`${ROOT}/tsconfig`, `${folder}/tsconfig`, { recursive: true });
  await cp(`${ROOT}/.oxlintrc.json`, `${folder}/.oxlintrc.json`);
  // The type packages by link, the compiler's output folder of its own.
  await mkdir(`${folder}/node_modules`, { recursive: true });
  for (const name of ['@webgpu', 'vite']) {
    await symlink(`${ROOT}/node_modules/${name}`, `${folder}/node_modules/${name}`);
  }
  for (const room of ROOM_NAMES) {
    await mkdir(`${folder}/src/${room}`, { recursive: true });
    await writeFile(`${folder}/src/${room}/stub-${room}.ts`, `export const ${room}Stub = 1;\n`);
  }
  await cp(`${ROOT}/src/base/env.d.ts`, `${folder}/src/base/env.d.ts`);
  for (const { from, to } of PAIRS) {
    const code = `import { ${to}Stub } from '../${to}/stub-${to}.ts';\nexport const planted = ${to}Stub;\n`;
    await writeFile(`${folder}/${key(from, to)}`, code);
  }
  for (const { room, code } of FOREIGN_GLOBALS) {
    await writeFile(`${folder}/src/${room}/plant-global.ts`, `export const planted = ${code};\n`);
  }
}

/** Standard output of a tool that exits non-zero when it finds something. */
async function output(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd: folder, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? '';
  }
}

async function collect(): Promise<Violations> {
  const lint = new Set<string>();
  const report = await output(process.execPath, [
    `${ROOT}/node_modules/oxlint/bin/oxlint`,
    '-f',
    'json',
    'src',
  ]);
  for (const item of (JSON.parse(report) as { diagnostics: { code?: string; filename: string }[] })
    .diagnostics) {
    if (item.code?.includes('no-restricted-imports')) {
      lint.add(item.filename);
    }
  }
  const types = new Set<string>();
  for (const room of ROOM_NAMES) {
    const text = await output(process.execPath, [
      `${ROOT}/node_modules/typescript/bin/tsc`,
      '-b',
      `tsconfig/${room}.json`,
    ]);
    for (const match of text.matchAll(/^(?:\.\.\/)*(src\/[^(:\s]+)\(\d+,\d+\): error/gm)) {
      types.add(match[1] ?? '');
    }
  }
  return { lint, types };
}

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/deltacut-walls-`);
  await plantAll();
  found = await collect();
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('walls', () => {
  it('catches every forbidden import in the lint and lets every allowed one through', () => {
    const forbidden = PAIRS.filter(({ from, to }) => !mayImport(from, to));
    expect(forbidden.length).toBeGreaterThan(90);
    expect([...found.lint].sort()).toEqual(forbidden.map(({ from, to }) => key(from, to)).sort());
  });

  it('catches every upward import in the type build too', () => {
    // A room reached through a reference of a reference may be imported as far as the compiler is concerned, so
    // only rooms outside that closure are demanded here; the lint has them all.
    const reach = (from: Room): Set<string> => {
      const seen = new Set<string>();
      const visit = (room: Room) => {
        for (const next of ROOM_NAMES.filter((other) => other !== room && mayImport(room, other))) {
          if (!seen.has(next)) {
            seen.add(next);
            visit(next);
          }
        }
      };
      visit(from);
      return seen;
    };
    const missed = PAIRS.filter(
      ({ from, to }) => !reach(from).has(to) && !found.types.has(key(from, to)),
    );
    expect(missed).toEqual([]);
  });

  it('keeps browser and worker globals out of rooms that must not have them', () => {
    const missed = FOREIGN_GLOBALS.filter(
      ({ room }) => !found.types.has(`src/${room}/plant-global.ts`),
    );
    expect(missed).toEqual([]);
  });

  it('has the committed lint configuration that the table gives', async () => {
    const committed: unknown = JSON.parse(await readFile(`${ROOT}/.oxlintrc.json`, 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(lintConfig())));
  });
});
