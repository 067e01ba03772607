/** What the thread of a command and the one that takes the signals tell each other. */
import type { RemedyChange } from '../base/cleanup.js';

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
