/**
 * Builds the addon of native/ for the native training engine and leaves a manifest in build/native.json, which
 * src/train/engine/native-addon.ts reads: where the addon lies and for which processor, or in one line why there is none.
 * A machine without a compiler, Node's headers or oneDNN trains on another engine, so none of these is an error.
 */
import { dirname, join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists, listFolder, makeFolder, readFile, remove } from '../base/files.js';
import { writeFileAtomic } from '../base/output.js';
import { processorName } from '../base/processor.js';
import { cacheKey, cachedFolder } from './cache.js';
import { compileAll, objectName } from './compile.js';
import { packageRoot } from './paths.js';
import { runTool, runToolOrThrow } from './run.js';
import { findTool, type Tool } from './tools.js';

const SOURCES = join(packageRoot, 'native');
const MANIFEST = join(packageRoot, 'build', 'native.json');
const ADDON = 'flexor_native.node';

/** No -ffast-math: it would switch off denormals in the whole process. */
const FLAGS = ['-std=c++17', '-O3', '-march=native', '-fopenmp', '-fPIC', '-fno-math-errno', '-Wall', '-Wextra'];
const LIBRARIES = ['-shared', '-fopenmp', '-ldnnl'];
const LIMITS = { timeoutSeconds: 600, memoryMegabytes: 8192 };

export interface NativeBuild {
  /** Path of the addon; null where it cannot be built. */
  readonly addon: string | null;
  /** Why not, in one line; null where it is built. */
  readonly reason: string | null;
}

/** Builds what is not in the cache and writes the manifest. */
export async function buildNative(cache: string, manifest: string = MANIFEST): Promise<NativeBuild> {
  const build = await tryBuild(cache);
  const processor = processorName();
  writeFileAtomic(manifest, JSON.stringify(build.addon === null ? build : { ...build, processor }) + '\n');
  return build;
}

async function tryBuild(cache: string): Promise<NativeBuild> {
  try {
    const cxx = await findTool('cxx');
    const headers = nodeHeaders();
    const oneDnn = await oneDnnVersion(cxx);
    const texts = sources(/\.(cpp|h)$/).flatMap((name) => [name, readFile(join(SOURCES, name))]);
    const key = cacheKey([cxx.path, cxx.version, processorName(), headers, oneDnn, ...FLAGS, ...LIBRARIES, ...texts]);
    const { folder } = await cachedFolder(cache, 'native', key, (temporary) => compile(cxx, headers, temporary));
    return { addon: join(folder, ADDON), reason: null };
  } catch (error) {
    if (error instanceof FlexorError && error.code === 'tool') return { addon: null, reason: error.message };
    throw error;
  }
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

async function compile(cxx: Tool, headers: string, folder: string): Promise<void> {
  const work = join(folder, 'work');
  makeFolder(work);
  const compiler = { tool: cxx, jobs: 2, run: LIMITS };
  const files = sources(/\.cpp$/).map((name) => join(SOURCES, name));
  await compileAll(compiler, files, () => [...FLAGS, '-I', headers], work);
  const objects = files.map((file) => join(work, objectName(file)));
  const args = ['-o', join(folder, ADDON), ...objects, ...LIBRARIES];
  await runToolOrThrow('the C++ linker', { command: cxx.path, args, env: { TMPDIR: work }, ...LIMITS });
  remove(work);
}

/** Names of the addon's files. */
function sources(pattern: RegExp): string[] {
  return listFolder(SOURCES).flatMap(({ name }) => (pattern.test(name) ? [name] : []));
}
