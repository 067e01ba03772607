import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // As in a pipe, wherever the tests run.
    env: { NO_COLOR: '1', FORCE_COLOR: '0', COLUMNS: '80' },
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Two cores: co-simulation tests already run two C++ builds at once.
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
