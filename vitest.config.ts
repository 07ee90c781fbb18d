import { defineConfig } from 'vitest/config';

const shared = '**/*.shared.{test,spec}.ts';
const soak = '**/*.soak.{test,spec}.ts';
const common = { pool: 'forks' as const, testTimeout: 30_000, hookTimeout: 60_000 };

/** `unit` and `gpu` run in Node; `e2e` drives a real Chromium; `shared` needs the reference data beside the checkout. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.gpu.test.ts', shared, soak],
        },
      },
      { test: { ...common, name: 'gpu', include: ['src/**/*.gpu.test.ts'], maxWorkers: 1 } },
      {
        test: {
          ...common,
          name: 'e2e',
          include: ['e2e/**/*.spec.ts'],
          exclude: [shared, soak],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          ...common,
          name: 'shared',
          include: [
            'src/**/*.shared.test.ts',
            'e2e/**/*.shared.spec.ts',
            'scripts/**/*.shared.test.ts',
          ],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          ...common,
          name: 'soak',
          include: ['src/**/*.soak.test.ts', 'e2e/**/*.soak.spec.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
