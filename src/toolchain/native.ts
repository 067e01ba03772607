/**
 * Builds the addons of native/ and leaves a manifest of each in `addonsFolder()`, which src/base/addon.ts reads: where the addon
 * lies and for which processor, or in one line why there is none. Without a compiler, Node's headers or oneDNN, training
 * runs on another engine and the simulator on WebAssembly, so none of these is an error.
 */
import { dirname, join } from 'node:path';
import type { AddonName } from '../base/addon.js';
import { FlexorError } from '../base/errors.js';
import { exists, listFolder, makeFolder, readFile, remove } from '../base/files.js';
import { writeFileAtomic } from '../base/output.js';
import { addonsFolder, packageFile } from '../base/places.js';
import { processorName } from '../base/processor.js';
import { cacheKey, cachedFolder } from './cache.js';
import { compileAll, objectName } from './compile.js';
import { runTool, runToolOrThrow } from './run.js';
import { findTool, type Tool } from './tools.js';

const NATIVE = packageFile('native');

interface Addon {
  readonly name: AddonName;
  readonly flags: readonly string[];
  readonly libraries: readonly string[];
  /** Its machine code is for the processor that it is compiled on. */
  readonly oneProcessor: boolean;
  readonly oneDnn: boolean;
}

/** No -ffast-math: it would switch off denormals in the whole process. */
const FLAGS = ['-std=c++17', '-O3', '-fPIC', '-fno-math-errno', '-Wall', '-Wextra'];

const ADDONS: readonly Addon[] = [
  {
    name: 'train',
    flags: [...FLAGS, '-march=native', '-fopenmp'],
    libraries: ['-shared', '-fopenmp', '-ldnnl'],
    oneProcessor: true,
    oneDnn: true,
  },
  // It asks at run time what the processor has. GCC 12 takes its own AVX-512 header's deliberate garbage for a mistake.
  {
    name: 'simulate',
    flags: [...FLAGS, '-Wno-maybe-uninitialized'],
    libraries: ['-shared'],
    oneProcessor: false,
    oneDnn: false,
  },
];

const LIMITS = { timeoutSeconds: 600, memoryMegabytes: 8192 };

export interface NativeBuild {
  readonly name: AddonName;
  /** Path of the addon; null where it cannot be built. */
  readonly addon: string | null;
  /** Why not, in one line; null where it is built. */
  readonly reason: string | null;
}

/** Builds what is not in the cache and writes the manifests. */
export async function buildNative(cache: string, manifests: string = addonsFolder()): Promise<NativeBuild[]> {
  const builds: NativeBuild[] = [];
  for (const addon of ADDONS) {
    const build = await tryBuild(addon, cache);
    const processor = addon.oneProcessor ? processorName() : null;
    const manifest = build.addon === null ? { addon: null, reason: build.reason } : { addon: build.addon, processor };
    writeFileAtomic(join(manifests, `${addon.name}.json`), JSON.stringify(manifest) + '\n');
    builds.push(build);
  }
  return builds;
}

async function tryBuild(addon: Addon, cache: string): Promise<NativeBuild> {
  const { name } = addon;
  try {
    const cxx = await findTool('cxx');
    const headers = nodeHeaders();
    const oneDnn = addon.oneDnn ? await oneDnnVersion(cxx) : '';
    const files = ['.', name].flatMap((folder) => sources(folder, /\.(cpp|h)$/));
    const texts = files.flatMap((file) => [file, readFile(join(NATIVE, file))]);
    const processor = addon.oneProcessor ? processorName() : process.arch;
    const key = cacheKey([
      ...[cxx.path, cxx.version, processor, headers, oneDnn],
      ...[...addon.flags, ...addon.libraries, ...texts],
    ]);
    const { folder } = await cachedFolder(cache, 'native', key, (temporary) => compile(addon, cxx, headers, temporary));
    return { name, addon: join(folder, fileName(name)), reason: null };
  } catch (error) {
    if (error instanceof FlexorError && error.code === 'tool') return { name, addon: null, reason: error.message };
    throw error;
  }
}

function fileName(name: AddonName): string {
  return `flexor_${name}.node`;
}

/** Folder of node_api.h: beside the running Node.js, or where npm's `nodedir` says. */
function nodeHeaders(): string {
  const roots = [join(dirname(process.execPath), '..'), process.env['npm_config_nodedir'] ?? ''];
  const folders = roots.filter((root) => root !== '').map((root) => join(root, 'include', 'node'));
  const found = folders.find((folder) => exists(join(folder, 'node_api.h')));
  if (found === undefined) {
    throw new FlexorError(
      'tool',
      `no headers of Node.js in ${folders.join(' nor in ')}; set npm's nodedir to a Node.js with headers`,
    );
  }
  return found;
}

/** oneDNN's version as the compiler finds it; the interface changed with 3.0. */
async function oneDnnVersion(cxx: Tool): Promise<string> {
  const stdin = '#include <dnnl_version.h>\nversion DNNL_VERSION_MAJOR DNNL_VERSION_MINOR DNNL_VERSION_PATCH\n';
  const { stdout, exitCode } = await runTool({
    command: cxx.path,
    args: ['-E', '-P', '-x', 'c++', '-'],
    stdin,
    ...LIMITS,
  });
  const match = /version (\d+) (\d+) (\d+)/.exec(stdout);
  if (exitCode !== 0 || match === null) {
    throw new FlexorError('tool', 'oneDNN not found; install the Debian package libdnnl-dev');
  }
  const version = match.slice(1).join('.');
  if (match[1] !== '2' || Number(match[2]) < 6)
    throw new FlexorError('tool', `oneDNN must be 2.6 or 2.7, found ${version}`);
  return version;
}

async function compile({ name, flags, libraries }: Addon, cxx: Tool, headers: string, folder: string): Promise<void> {
  const work = join(folder, 'work');
  makeFolder(work);
  const compiler = { tool: cxx, jobs: 2, run: LIMITS };
  const files = sources(name, /\.cpp$/).map((file) => join(NATIVE, file));
  await compileAll(compiler, files, () => [...flags, '-I', headers], work);
  const objects = files.map((file) => join(work, objectName(file)));
  const args = ['-o', join(folder, fileName(name)), ...objects, ...libraries];
  await runToolOrThrow('the C++ linker', { command: cxx.path, args, env: { TMPDIR: work }, ...LIMITS });
  remove(work);
}

/** Files of a folder of native/, seen from there. */
function sources(folder: string, pattern: RegExp): string[] {
  return listFolder(join(NATIVE, folder)).flatMap(({ name }) => (pattern.test(name) ? [join(folder, name)] : []));
}
