/** Help pages: options in groups, then what the command does in a few sentences, then examples. */
import type { Command } from 'commander';
import { commandLine, paragraph } from '../terminal/text.js';

/** Headings of the groups, in every command the same. */
export const GROUPS = {
  output: 'Output and help:',
  images: 'Test images:',
  lowering: 'Integer network:',
  fold: 'Fold:',
  hardware: 'Hardware:',
  runs: 'Runs:',
  synthesis: 'Synthesis:',
  network: 'Network and M⊕:',
  schedule: 'Schedule:',
  start: 'Start and gradient:',
  data: 'Data:',
  search: 'Search:',
} as const;

/** Adds paragraphs and examples below the options, in the width of the terminal. */
export function addHelp(command: Command, paragraphs: readonly string[], examples: readonly string[]): Command {
  return command.addHelpText('after', () =>
    ['', ...paragraphs.flatMap((text) => [paragraph(text), '']), 'Examples:']
      .concat(examples.map((example) => commandLine('  ', example)))
      .join('\n'),
  );
}
