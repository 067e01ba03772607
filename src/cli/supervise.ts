/**
 * Runs a command in a thread of its own and takes the signals, so that Ctrl-C ends every command within a second, also in
 * the middle of a search or a lowering that never lets a signal in.
 *
 * On a signal the command is asked to end: a training run saves its state between two steps. One that does not answer
 * in time is ended, and what it has reported (base/cleanup.ts) is undone here. A second signal does not wait.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { getHeapStatistics } from 'node:v8';
import { applyRemedy, type Remedy } from '../base/cleanup.js';
import {
  INTERRUPT,
  INTERRUPTED_CODE,
  interruptedText,
  mayEnd,
  type CommandData,
  type ThreadMessage,
} from './messages.js';
import { printComplaint } from './terminal/print.js';

/** For the command to end by itself. */
const PATIENCE_MS = 600;
/** How often is looked whether something that must come to its end has done so, and how many times. */
const [WAIT_MS, MOST_WAITS] = [50, 200];

/** Runs the script of a command's thread with these arguments; ends the process when it ends. */
export function supervise(script: URL, args: readonly string[]): void {
  const remedies = new Map<number, Remedy>();
  const limit = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  const ending = new SharedArrayBuffer(4);
  const data: CommandData = { args, ending };
  const thread = new Worker(script, {
    workerData: data,
    // The native engine reads variables that the command sets.
    env: SHARE_ENV,
    resourceLimits: { maxOldGenerationSizeMb: limit },
  });
  thread.on('message', ({ change: { id, remedy } }: ThreadMessage) => {
    if (remedy === null) remedies.delete(id);
    else remedies.set(id, remedy);
  });
  thread.on('error', (error: NodeJS.ErrnoException) => {
    undo(remedies);
    const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    printComplaint(
      outOfMemory
        ? `the command needs more than ${limit} MB of memory; NODE_OPTIONS=--max-old-space-size=MB allows more`
        : `internal: ${error.stack ?? error.message}`,
    );
    process.exit(1);
  });
  thread.on('exit', (code) => process.exit(code));
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) endNow(remedies);
      asked = true;
      thread.postMessage(INTERRUPT);
      setTimeout(() => endWhenPossible(remedies, ending, MOST_WAITS), PATIENCE_MS);
    });
  }
}

/** Ends a command that does not answer; one that is cleaning up, or does what must not stop in the middle, gets more time. */
function endWhenPossible(remedies: ReadonlyMap<number, Remedy>, ending: SharedArrayBuffer, waits: number): void {
  const busy = [...remedies.values()].some(({ kind }) => kind === 'wait');
  const again = (): void => endWhenPossible(remedies, ending, waits - 1);
  if (waits > 0 && (busy || !mayEnd(ending))) setTimeout(again, WAIT_MS);
  else endNow(remedies);
}

function endNow(remedies: ReadonlyMap<number, Remedy>): never {
  printComplaint(interruptedText(undo(remedies)));
  process.exit(INTERRUPTED_CODE);
}

/** Newest first, as the command itself would. */
function undo(remedies: ReadonlyMap<number, Remedy>): string[] {
  return [...remedies.values()].reverse().flatMap((remedy) => applyRemedy(remedy) ?? []);
}
