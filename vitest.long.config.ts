import { defineConfig } from 'vitest/config';

/** Long tests (npm run test:long): counts and seeds come from the environment, see docs/cosimulation.md. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.ts'],
    testTimeout: 7_200_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
