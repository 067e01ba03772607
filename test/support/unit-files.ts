/**
 * Which test files `npm run test:unit` runs: those that cannot start a process, a browser, a worker thread or a training
 * engine, because nothing that they import, directly or through others, does. The list is worked out from the imports, so
 * a test that begins to need a tool leaves it by itself.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** What a unit test must not reach. */
const OUT_OF_REACH = [
  /^(node:)?child_process$/,
  /^(node:)?worker_threads$/,
  /^playwright-core$/,
  /^onnxruntime-node$/,
  /^test\/support\/onnxruntime\.ts$/,
  /^@tensorflow\//,
  /^src\/train\/engine\//,
];

/** Files that take more than some seconds, or that need the build. */
const SLOW = /^test\/(architecture|golden|hw|long|report|scripts|site)\b/;

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm;

/** Test files, sorted; paths from `root`. */
export function unitFiles(root: string): string[] {
  const known = new Map<string, readonly string[]>();
  const importsOf = (path: string): readonly string[] => {
    const found = known.get(path) ?? readImports(root, path);
    known.set(path, found);
    return found;
  };
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts') && !SLOW.test(path))
    .filter((path) => [...reach(path, importsOf)].every((name) => !OUT_OF_REACH.some((pattern) => pattern.test(name))))
    .sort();
}

/** Everything that a file imports, files and packages, through any number of others. */
function reach(path: string, importsOf: (path: string) => readonly string[]): Set<string> {
  const seen = new Set([path]);
  for (const each of seen) for (const next of importsOf(each)) seen.add(next);
  return seen;
}

function readImports(root: string, path: string): string[] {
  const file = join(root, path);
  if (!/\.[jt]s$/.test(path) || !existsSync(file)) return [];
  const text = readFileSync(file, 'utf8').replace(/^(import|export) type [^;]*;$/gm, '');
  return [...text.matchAll(IMPORT)].map(([, name]) => {
    if (!name!.startsWith('.')) return name!;
    const target = relative(root, resolve(root, dirname(path), name!));
    return existsSync(join(root, target.replace(/\.js$/, '.ts'))) ? target.replace(/\.js$/, '.ts') : target;
  });
}
