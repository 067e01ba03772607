/**
 * Names of files and folders that are there for a while. They tell the run that they belong to, so that what a killed run
 * (SIGKILL, power) leaves behind is removed by the next one that writes to the same folder.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { exists, listFolder, makeFolderWithin, removeQuietly, sha256, writeFile } from './files.js';

/** Tells machines apart that share a folder, since the number of a process means something on one of them alone. */
const MACHINE = sha256(hostname()).slice(0, 6);

/** What becomes something else, and folders to work in. */
const NAMES = [
  /\.flexor-(?<machine>[0-9a-f]{6})-(?<pid>\d+)-[0-9a-f]{8}\.tmp$/,
  /^(flexor|cosim)(-[a-z]+)?-(?<machine>[0-9a-f]{6})-(?<pid>\d+)-\w{6}$/,
];
/** In a folder to work in that stays after its run, because somebody may look at it. */
const KEPT = '.flexor-kept';

/** A name for something in `folder` that is renamed or removed: short, so that it is legal wherever the final name is. */
export function temporaryName(folder: string, prefix = ''): string {
  removeAbandoned(folder);
  return join(folder, `${prefix}.flexor-${MACHINE}-${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
}

/** Makes a folder to work in, and returns its path. */
export function makeWorkFolder(parent: string, prefix: string): string {
  removeAbandoned(parent);
  return makeFolderWithin(parent, `${prefix}-${MACHINE}-${process.pid}`);
}

/** Marks a work folder that is to stay. */
export function markKept(folder: string): void {
  try {
    writeFile(join(folder, KEPT), '');
  } catch {
    // It stays until another run looks.
  }
}

const lookedAt = new Set<string>();

/** Removes what runs of this machine left that have ended. A folder is looked at once. */
function removeAbandoned(folder: string): void {
  const place = resolve(folder);
  if (lookedAt.has(place)) return;
  lookedAt.add(place);
  for (const name of namesIn(place)) {
    const found = NAMES.map((pattern) => pattern.exec(name)?.groups).find((groups) => groups !== undefined);
    if (found?.['machine'] !== MACHINE || isAlive(Number(found['pid']))) continue;
    if (!exists(join(place, name, KEPT))) removeQuietly(join(place, name));
  }
}

function namesIn(folder: string): string[] {
  try {
    return listFolder(folder).map(({ name }) => name);
  } catch {
    // It is not there yet, or may be written and not read.
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
