/**
 * How `app` says how far a long step has come. The command line draws a bar; a program that uses the library passes what it
 * likes, or nothing.
 */

export interface Progress {
  /** Reports that `done` of the total is reached; `note` says more (a loss, an epoch, a step of the build). */
  update(done: number, note?: string): void;
  /** Ends the step, whether it succeeded or not. */
  finish(): void;
}

/** Begins a step of `total` parts, of which `from` were done before; `label` says what is going on. */
export type StartProgress = (label: string, total: number, from?: number) => Progress;

/** Tells nobody. */
export const silent: StartProgress = () => ({ update: () => undefined, finish: () => undefined });

/** Runs an action as a step that it moves, and ends the step whatever becomes of the action. */
export async function withProgress<T>(
  start: StartProgress,
  label: string,
  total: number,
  action: (onProgress: (done: number, note?: unknown) => void) => T | Promise<T>,
): Promise<T> {
  const progress = start(label, total);
  try {
    return await action((done, note) => progress.update(done, typeof note === 'string' ? note : ''));
  } finally {
    progress.finish();
  }
}
