import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { unitFiles } from './test/support/unit-files.js';

const unit = unitFiles(fileURLToPath(new URL('.', import.meta.url)));

export default defineConfig({
  test: {
    // As in a pipe, wherever the tests run.
    env: { NO_COLOR: '1', FORCE_COLOR: '0', COLUMNS: '80' },
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // Two cores: co-simulation tests already run two C++ builds at once.
    maxWorkers: 2,
    maxConcurrency: 2,
    projects: [
      // Neither group names a file of the other. Unit tests keep the modules of src/ from file to file, which saves
      // 0.6 s a file; the others change environment variables and replace modules, so each gets a process of its own.
      { extends: true, test: { name: 'unit', include: unit, isolate: false } },
      { extends: true, test: { name: 'tools', include: ['test/**/*.test.ts'], exclude: unit } },
    ],
  },
});
