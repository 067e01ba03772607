import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { COMMON } from './test/support/options.js';
import { unitFiles } from './test/support/unit-files.js';

/** Tests of TypeScript alone (npm run test:unit): about a minute, without a build and without any tool. */
export default defineConfig({
  test: {
    ...COMMON,
    include: unitFiles(fileURLToPath(new URL('.', import.meta.url))),
    setupFiles: ['test/support/no-processes.ts'],
    // Modules of src/ are loaded once a worker and not once a file, which takes a third of the time.
    isolate: false,
    maxWorkers: 2,
  },
});
