/** Completion for fish: a line for each option of each command. */
import type { CompletedCommand, CompletedOption, CompletedValue } from './types.js';

export function fishScript(commands: readonly CompletedCommand[]): string {
  return [
    '# fish completion of flexor: flexor completion fish | source',
    'complete -c flexor -f',
    "complete -c flexor -n __fish_use_subcommand -s h -l help -d 'show help'",
    "complete -c flexor -n __fish_use_subcommand -s V -l version -d 'print the version'",
    ...commands.map(
      ({ name, summary }) => `complete -c flexor -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(commandLines),
    '',
  ].join('\n');
}

function commandLines({ name, options, argument }: CompletedCommand): string[] {
  const on = `complete -c flexor -n '__fish_seen_subcommand_from ${name}'`;
  const own = argument.kind === 'none' || argument.kind === 'other' ? offered(argument) : `-F ${offered(argument)}`;
  return [
    ...(own.trim() === '' ? [] : [`${on} ${own.trim()}`]),
    ...options.map((option) => `${on} ${names(option)}${value(option.value)} -d ${quoted(option.description)}`),
  ];
}

function names({ flags }: CompletedOption): string {
  return flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
}

function value(each: CompletedValue): string {
  if (each.kind === 'none') return '';
  if (each.kind === 'folder') return " -x -a '(__fish_complete_directories)'";
  const words = offered(each);
  return `${each.kind === 'file' ? ' -r -F' : ' -x'}${words === '' ? '' : ` ${words}`}`;
}

function offered({ words }: CompletedValue): string {
  return words.length === 0 ? '' : `-a ${quoted(words.join(' '))}`;
}

/** A word of the shell in single quotes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
