import { defineConfig } from 'vitest/config';

/** Long tests (npm run test:long): counts and seeds come from the environment, see test/README.md. */
export default defineConfig({
  test: {
    // Training of every kind on every engine, too, which the quick suite does on one.
    include: ['test/**/*.long.ts', 'test/train/{resnet,trainer}.test.ts'],
    // As in a pipe, wherever the tests run.
    env: { NO_COLOR: '1', FORCE_COLOR: '0', COLUMNS: '80', FLEXOR_ENGINES: 'all' },
    testTimeout: 7_200_000,
    hookTimeout: 300_000,
    // Two builds at once within a file, so one file at a time.
    maxWorkers: 1,
    maxConcurrency: 2,
  },
});
