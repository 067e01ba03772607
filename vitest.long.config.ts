import { defineConfig } from 'vitest/config';
import { COMMON } from './test/support/options.js';

/** Long tests (npm run test:long): counts and seeds come from the environment, see test/README.md. */
export default defineConfig({
  test: {
    // Training of every kind on every engine, too, which the quick suite does on one.
    include: ['test/**/*.long.ts', 'test/train/{resnet,trainer}.test.ts'],
    ...COMMON,
    env: { ...COMMON.env, FLEXOR_ENGINES: 'all' },
    // Two builds at once within a file, so one file at a time.
    maxWorkers: 1,
    maxConcurrency: 2,
  },
});
