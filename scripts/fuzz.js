/** `npm run fuzz`: bundles test/fuzz, which is TypeScript, and runs it (test/fuzz/main.ts says with which options). */
import { readFileSync } from 'node:fs';
import { pathToFileURL, fileURLToPath, URL } from 'node:url';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'build', 'fuzz', 'program');
const { optionalDependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const outside = Object.keys({ ...optionalDependencies, ...peerDependencies });

const build = await rolldown({
  cwd: ROOT,
  input: { main: 'test/fuzz/main.ts', thread: 'test/fuzz/thread.ts' },
  platform: 'node',
  external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
});
await build.write({
  dir: OUT,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  cleanDir: true,
});
await build.close();
process.chdir(ROOT);
await import(pathToFileURL(join(OUT, 'main.js')).href);
