/**
 * Where the files of this package lie, whether it runs from `src` (tests), from `dist` (compiled file by file) or from `lib`
 * (bundled), in a checkout or installed in `node_modules`. Nothing is ever written into an installed package.
 */
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invariant } from './errors.js';
import { exists, readText } from './files.js';
import { readJson } from './json.js';

/** Root of the package: the folder that holds package.json, hw/, sim/, templates/, models/ and recipes/. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (exists(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  invariant(parent !== folder, 'the package has no package.json');
  return findRoot(parent);
}

/** Path of a file of the package. */
export function packageFile(...parts: readonly string[]): string {
  return join(packageRoot, ...parts);
}

/** The text of a file of the package (`hw/…`, `templates/…`). */
export function packageText(path: string): string {
  return readText(packageFile(path));
}

/** What is read of package.json. */
export interface PackageDocument {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

export function packageDocument(): PackageDocument {
  return readJson(packageFile('package.json'), 'file-system') as PackageDocument;
}

const isInstalled = packageRoot.split(sep).includes('node_modules');

/** The folder in which shared/data is looked for: that of the checkout, else that of the current folder. */
export function dataParent(): string {
  return dirname(isInstalled ? process.cwd() : packageRoot);
}

/** Folders whose files a user may name as in a checkout, wherever the package is installed. */
const SHIPPED = /^(\.\/)?(models|networks|recipes)\//;

/** The path itself, or that of the shipped model, network or recipe of this name where the current folder has none. */
export function shippedFile(path: string): string {
  if (isAbsolute(path) || !SHIPPED.test(path) || exists(path)) return path;
  const shipped = packageFile(path);
  return exists(shipped) ? shipped : path;
}

/** What is built for this machine and is of use in every folder: `build` of a checkout, else the user's cache. */
function machineFolder(): string {
  if (!isInstalled) return packageFile('build');
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'flexor');
}

/** Holds a manifest of each native addon (addon.ts). */
export function addonsFolder(): string {
  return join(machineFolder(), 'addons');
}
