/** What the thread of a command and the one that takes the signals tell each other. */
import type { RemedyChange } from '../base/cleanup.js';

/** What the thread of a command is started with. */
export interface CommandData {
  readonly args: readonly string[];
  /** One 32-bit integer, 1 from when one of the two threads says that the command was interrupted. */
  readonly ending: SharedArrayBuffer;
}

/** True for the first of the two threads that asks: it alone cleans up and says so. */
export function mayEnd(ending: SharedArrayBuffer): boolean {
  return Atomics.compareExchange(new Int32Array(ending), 0, 0, 1) === 0;
}

/** To the command: end now. */
export const INTERRUPT = 'interrupt';

/** From the command. */
export interface ThreadMessage {
  readonly kind: 'remedy';
  readonly change: RemedyChange;
}

/** Exit code of a command that a signal ended: 128 and the number of SIGINT, as shells have it. */
export const INTERRUPTED_CODE = 130;

/** The line about an interrupt; `notes` say what was saved and how to go on. */
export function interruptedText(notes: readonly string[]): string {
  return ['interrupted', ...notes].join('; ');
}
