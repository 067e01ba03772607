/**
 * Colour for headings, verdicts and errors. There is some where the stream is a terminal, unless NO_COLOR is set or TERM
 * is dumb; FORCE_COLOR asks for it in pipes too. NO_COLOR counts more than FORCE_COLOR. An empty variable counts as unset.
 */
import { isTerminal, type Stream } from './screen.js';

const CODES = { heading: 1, good: 32, bad: 31, warning: 33 } as const;

export type Tone = keyof typeof CODES;

/** Text in the colour of its tone, where the stream shows colours. */
export function colour(tone: Tone, text: string, stream: Stream = 'output'): string {
  return text === '' || !showsColour(stream) ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}

/** A sentence that says whether something agrees. */
export function verdict(passed: boolean, text: string): string {
  return colour(passed ? 'good' : 'bad', text);
}

function showsColour(stream: Stream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (isSet(NO_COLOR)) return false;
  if (isSet(FORCE_COLOR)) return FORCE_COLOR !== '0';
  return TERM !== 'dumb' && isTerminal(stream);
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '';
}
