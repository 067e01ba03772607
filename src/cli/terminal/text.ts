/** Text in lines that fit the terminal. */
import { textWidth } from './screen.js';

/** A text in lines of at most `width` characters, broken at spaces; a word that is longer keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  return fill(text.split(' '), width);
}

function fill(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text behind a label, its further lines below the first one. */
export function hang(label: string, text: string, width = textWidth()): string {
  return label + wrap(text, Math.max(1, width - label.length)).join(`\n${' '.repeat(label.length)}`);
}

/** A sentence or a list in the width of the terminal. */
export function paragraph(text: string): string {
  return wrap(text, textWidth()).join('\n');
}

/** A name, what it is, and whether that is a command line. */
export type Fact = readonly [name: string, value: string, kind?: 'command'];

/** Names, and what they are beside them. */
export function facts(entries: readonly Fact[]): string {
  const indent = Math.max(...entries.map(([name]) => name.length)) + 2;
  return entries
    .map(([name, value, kind]) => (kind === 'command' ? commandLine : hang)(name.padEnd(indent), value))
    .join('\n');
}

/** How much further in the lines stand in which a command line goes on. */
const CONTINUATION = 2;

/** A command line for a shell: where it is too long it goes on with the next option, behind a backslash, in the next line. */
export function commandLine(label: string, command: string): string {
  const lines = fill(command.split(/ (?=--?[a-z])/), Math.max(1, textWidth() - label.length - CONTINUATION - 2));
  return label + lines.join(` \\\n${' '.repeat(label.length + CONTINUATION)}`);
}
