/**
 * What has to be undone or saved when the user interrupts a run: temporary files and folders, child processes, the state
 * of a training run. Code that has something of the kind registers it here and takes it back when it is done.
 *
 * A command runs in a thread of its own (cli/supervise.ts), which may be in the middle of a long computation when a signal
 * comes. So what can be said as data (remove this path, kill that process, tell the user this) is also reported to the
 * thread that takes the signals, which does it where the other one does not answer in time.
 */
import { tmpdir } from 'node:os';
import { FlexorError, oneLine } from './errors.js';
import { exists, fileSystemError, removeQuietly } from './files.js';
import { makeWorkFolder, markKept } from './temporary.js';

/** Undoes or saves something. A string that it returns is told to the user, such as where the state of a run lies. */
export type InterruptAction = () => unknown;

/** What another thread can do on an interrupt. */
export type Remedy =
  | { readonly kind: 'remove'; readonly path: string }
  /** Ends a process with its group. */
  | { readonly kind: 'kill'; readonly pid: number }
  /** Something that has to come to its end first, such as files of an earlier output being replaced. */
  | { readonly kind: 'wait' }
  /** Tells `text` where the file `path` exists. */
  | { readonly kind: 'tell'; readonly path: string; readonly text: string };

/** A remedy that counts from now on, or (null) one that does so no longer. */
export interface RemedyChange {
  readonly id: number;
  readonly remedy: Remedy | null;
}

const pending = new Set<InterruptAction>();
let watcher: ((change: RemedyChange) => void) | null = null;
let remedies = 0;

/** Has all remedies reported from now on. */
export function reportRemedies(to: (change: RemedyChange) => void): void {
  watcher = to;
}

/** Registers what to do on an interrupt, and what others can do instead; the returned function takes it back. */
export function onInterrupt(action: InterruptAction, remedy: Remedy | null = null): () => void {
  const id = ++remedies;
  pending.add(action);
  if (remedy !== null) watcher?.({ id, remedy });
  return () => {
    pending.delete(action);
    if (remedy !== null) watcher?.({ id, remedy: null });
  };
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

/** What `remedy` says, done in another thread; a string where the user is to be told something. */
export function applyRemedy(remedy: Remedy): string | null {
  switch (remedy.kind) {
    case 'remove':
      removeQuietly(remedy.path);
      return null;
    case 'kill':
      killGroup(remedy.pid);
      return null;
    case 'wait':
      return null;
    case 'tell':
      return exists(remedy.path) ? remedy.text : null;
  }
}

/** Ends a process and those that it started, if they are of a group of its own. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Runs what must not end in the middle; an interrupt waits for it. */
export function uninterrupted<T>(work: () => T): T {
  const release = onInterrupt(() => undefined, { kind: 'wait' });
  try {
    return work();
  } finally {
    release();
  }
}

/** Registers a file or folder for removal on an interrupt; the returned function takes it back. */
export function removeOnInterrupt(path: string): () => void {
  return onInterrupt(() => removeQuietly(path), { kind: 'remove', path });
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
  const path = makeWorkFolder(parent, prefix);
  const release = removeOnInterrupt(path);
  return {
    path,
    remove: () => {
      removeQuietly(path);
      release();
    },
    keep: () => {
      markKept(path);
      release();
    },
  };
}
