/**
 * What has to be undone or saved when the user interrupts a run: temporary files and folders, child processes, the state
 * of a training run. Code that has something of the kind registers it here and takes it back when it is done; the command
 * line empties the registry on SIGINT/SIGTERM and prints what the actions report.
 */
import { tmpdir } from 'node:os';
import { FlexorError, oneLine } from './errors.js';
import { fileSystemError, makeFolderWithin, removeQuietly } from './files.js';

/** Undoes or saves something. A string that it returns is told to the user, such as where the state of a run lies. */
export type InterruptAction = () => unknown;

const pending = new Set<InterruptAction>();

/** Registers what to do on an interrupt; the returned function takes it back. */
export function onInterrupt(action: InterruptAction): () => void {
  pending.add(action);
  return () => void pending.delete(action);
}

/**
 * Undoes everything that is registered, newest first, and returns what the actions report. One failing action does not
 * keep the others from running; its failure is reported too.
 */
export function runCleanups(): string[] {
  const notes: string[] = [];
  for (const action of [...pending].reverse()) {
    pending.delete(action);
    try {
      const note = action();
      if (typeof note === 'string') notes.push(note);
    } catch (error) {
      notes.push(oneLine(error));
    }
  }
  return notes;
}

/** Registers a file or folder for removal on an interrupt; the returned function takes it back. */
export function removeOnInterrupt(path: string): () => void {
  return onInterrupt(() => removeQuietly(path));
}

/** A folder of its own with a random name; `remove`, or an interrupt, removes it. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
  /** Leaves it, also on an interrupt. */
  keep(): void;
}

/** A fresh folder under the system's folder for temporary files. */
export function temporaryFolder(prefix: string): TemporaryFolder {
  try {
    return folderWithin(tmpdir(), prefix);
  } catch (error) {
    const cause = error instanceof FlexorError ? error.cause : error;
    const { message } = fileSystemError('make a temporary folder in', tmpdir(), cause);
    throw new FlexorError('file-system', `${message}; name a folder that can be written with TMPDIR`, { cause });
  }
}

/** A fresh folder in `parent`. */
export function folderWithin(parent: string, prefix: string): TemporaryFolder {
  const path = makeFolderWithin(parent, prefix);
  const release = removeOnInterrupt(path);
  return {
    path,
    remove: () => {
      removeQuietly(path);
      release();
    },
    keep: release,
  };
}
