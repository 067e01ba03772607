/** The line on a terminal that shows how far a step has come, drawn over and over in one place. */
import { writeStandard } from '../../base/files.js';
import { LEAST_COLUMNS, terminalColumns } from './screen.js';

let drawn = false;

/** Draws a line in place of the one that is there. */
export function drawProgress(text: string): void {
  write(`\r\x1b[2K${text.slice(0, (terminalColumns('error') ?? LEAST_COLUMNS) - 1)}`);
  drawn = true;
}

/** Takes the line off the screen, if one is drawn, so that a message starts on a clean line. */
export function clearProgress(): void {
  if (drawn) write('\r\x1b[2K');
  drawn = false;
}

/** Prints a line that stays. */
export function noteProgress(text: string): void {
  write(`${text}\n`);
}

function write(text: string): void {
  try {
    writeStandard('error', text);
  } catch {
    // Progress is not worth an error.
  }
}
