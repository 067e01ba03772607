/**
 * Bundles `src` into `lib`, which is what the package ships and what its programs run: the two programs, the library, the
 * scripts of worker threads, and chunks that are loaded when a command needs them. Few files start fast. The packages that
 * every command needs are bundled in, with their licences beside them; optionalDependencies are imported where they are used.
 * Comes after tsc, whose declarations of the library it takes over.
 */
import { copyFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'lib');
const INPUTS = {
  flexor: 'src/cli/flexor.ts',
  'gen-rtl': 'src/cli/gen-rtl-main.ts',
  index: 'src/index.ts',
  'workers/command': 'src/cli/command-thread.ts',
  'workers/simulate': 'src/simulate/worker.ts',
  'workers/calibrate': 'src/simulate/calibrate-worker.ts',
  'workers/float': 'src/report/float-worker.ts',
  'workers/decode': 'src/data/decode-worker.ts',
};
const { optionalDependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const OUTSIDE = Object.keys({ ...optionalDependencies, ...peerDependencies });

/** Bundles, and returns the names of the packages that are in it. */
async function bundle() {
  const build = await rolldown({
    cwd: ROOT,
    input: INPUTS,
    platform: 'node',
    external: (id) => OUTSIDE.some((name) => id === name || id.startsWith(`${name}/`)),
  });
  const { output } = await build.write({
    dir: OUT,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    cleanDir: true,
  });
  await build.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const names = modules.flatMap((id) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** The licences of what is bundled. */
function writeLicences(packages) {
  const texts = packages.map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'license', 'LICENSE.txt'].map((each) => join(folder, each)).find(existsSync);
    if (file === undefined) throw new Error(`${name} has no licence file`);
    return `${name} ${version} (${license})\n\n${readFileSync(file, 'utf8').trim()}\n`;
  });
  writeFileSync(join(OUT, 'THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** Declarations of the library and of what they import, from tsc's output. */
function copyTypes() {
  const seen = new Set();
  const copy = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const target = join(OUT, 'types', relative(join(ROOT, 'dist'), path));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
    const text = readFileSync(path, 'utf8');
    for (const [, name] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g))
      copy(join(dirname(path), `${name}.d.ts`));
  };
  copy(join(ROOT, 'dist', 'index.d.ts'));
}

rmSync(OUT, { recursive: true, force: true });
writeLicences(await bundle());
copyTypes();
for (const program of ['flexor.js', 'gen-rtl.js']) chmodSync(join(OUT, program), 0o755);
