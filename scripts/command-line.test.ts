import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseWords } from './command-line.ts';

it('has a file for every script of the package', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: Readonly<Record<string, string>> };
  const names = Object.values(scripts).flatMap(
    (script) => /^node scripts\/run\.mjs (\S+)$/.exec(script)?.[1] ?? [],
  );
  expect(names.length).toBeGreaterThan(8);
  const missing = names.filter((name) => !existsSync(new URL(`${name}.ts`, import.meta.url)));
  expect(missing).toEqual([]);
});

it('names the unknown option in one sentence, and where help is', () => {
  const parse = () => parseWords(['--bad'], { good: { type: 'string' } }, 'See --help.');
  expect(parse).toThrow(
    expect.objectContaining({
      code: 'cli/usage',
      message: "Unknown option '--bad'. See --help.",
    }) as Error,
  );
  expect(parseWords(['a', '--good', 'b'], { good: { type: 'string' } }, '')).toMatchObject({
    positionals: ['a'],
    values: { good: 'b' },
  });
});
