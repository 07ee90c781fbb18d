import { writeFileSync } from 'node:fs';
import { OWNED_PACKAGES, ROOM_NAMES, mayImport, type Room } from './rooms.ts';

const RULES = {
  'typescript/no-explicit-any': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/no-floating-promises': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/await-thenable': 'error',
  'typescript/switch-exhaustiveness-check': 'error',
  'typescript/consistent-type-imports': 'error',
  'typescript/triple-slash-reference': ['error', { lib: 'never', types: 'never', path: 'never' }],
  'import/no-default-export': 'error',
  'import/no-cycle': 'error',
  'eslint/no-console': 'error',
  'eslint/max-lines': ['error', { max: 600 }],
  'eslint/eqeqeq': 'error',
  'eslint/no-var': 'error',
  'eslint/prefer-const': 'error',
  'eslint/curly': 'error',
  'oxc/no-barrel-file': 'error',
  'vitest/expect-expect': [
    'error',
    { assertFunctionNames: ['expect*', 'assert*', 'fc.assert', 'check*'] },
  ],
  // Libraries declare callback properties as methods; taking them out of props is how React is written.
  'typescript/unbound-method': 'off',
  // Sliders, list boxes and status lines of the timeline and the prompt follow ARIA patterns that no tag has.
  'jsx-a11y/prefer-tag-over-role': 'off',
  'vitest/no-focused-tests': 'error',
  'vitest/no-disabled-tests': 'error',
  'vitest/valid-expect': 'error',
};

function restrictions(room: Room) {
  const rooms = ROOM_NAMES.filter((other) => !mayImport(room, other)).map((other) => ({
    group: [`**/${other}/**`, `!./**`],
    message: `${room} may not import ${other} (docs/architecture.md, Rooms)`,
  }));
  const packages = Object.entries(OWNED_PACKAGES)
    .filter(([, owners]) => !owners.includes(room))
    .map(([name, owners]) => ({
      group: [name, `${name}/**`],
      message: `only ${owners.join(', ') || 'tests and benchmarks'} may import ${name}`,
    }));
  return { 'eslint/no-restricted-imports': ['error', { patterns: [...rooms, ...packages] }] };
}

/** The lint configuration as an object: the general rules, and per room what it may not import. */
export function lintConfig(): object {
  return {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins: [
      'eslint',
      'typescript',
      'unicorn',
      'oxc',
      'import',
      'react',
      'jsx-a11y',
      'vitest',
      'promise',
    ],
    categories: { correctness: 'error' },
    rules: RULES,
    ignorePatterns: ['dist/**', 'node_modules/**', 'training/**', 'public/**'],
    overrides: [
      ...ROOM_NAMES.map((room) => ({
        files: [`src/${room}/**`],
        excludeFiles: ['**/*.test.ts', '**/*.test.tsx', '**/testing/**'],
        rules: restrictions(room),
      })),
      { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
      { files: ['scripts/**', 'bench/**', 'e2e/**'], rules: { 'eslint/no-console': 'off' } },
      {
        files: ['**/*.test.ts', '**/*.spec.ts'],
        rules: { 'typescript/no-non-null-assertion': 'off' },
      },
    ],
  };
}

if (process.argv[1]?.endsWith('write-lint-config.ts')) {
  writeFileSync('.oxlintrc.json', `${JSON.stringify(lintConfig(), null, 2)}\n`);
}
