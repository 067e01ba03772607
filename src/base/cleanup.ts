/**
 * What has to be undone when the user interrupts a run: temporary files, temporary folders, child processes. Code that
 * makes one registers it here and releases it when it is done; the command line empties the registry on SIGINT/SIGTERM.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pending = new Set<() => void>();

/** Registers what to do on an interrupt; the returned function takes it back. */
export function onInterrupt(action: () => void): () => void {
  pending.add(action);
  return () => void pending.delete(action);
}

/** Registers a file or folder for removal on an interrupt; the returned function takes it back. */
export function removeOnInterrupt(path: string): () => void {
  return onInterrupt(() => rmSync(path, { recursive: true, force: true }));
}

/** Undoes everything that is registered, newest first. One failing action does not keep the others from running. */
export function runCleanups(): void {
  for (const action of [...pending].reverse()) {
    pending.delete(action);
    try {
      action();
    } catch {
      // The process is ending because of an interrupt or an error that is already being reported.
    }
  }
}

/** A fresh folder under the system's temporary folder, removed by `remove` or on an interrupt, whichever comes first. */
export function temporaryFolder(prefix: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const release = removeOnInterrupt(path);
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      release();
    },
  };
}
