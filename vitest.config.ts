import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { COMMON } from './test/support/options.js';
import { unitFiles } from './test/support/unit-files.js';

const unit = unitFiles(fileURLToPath(new URL('.', import.meta.url)));

export default defineConfig({
  test: {
    ...COMMON,
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
