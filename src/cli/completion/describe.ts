/** What a command offers for completion, read from its declaration. */
import type { Argument, Command, Option } from 'commander';
import { wordsOf } from '../options/values.js';
import type { CompletedCommand, CompletedOption, CompletedValue } from './types.js';

/** Names of values that are files; `dir` is a folder, everything else is text. */
const FILES = ['file', 'model', 'models', 'graph', 'matrix', 'recipe', 'network', 'path'];

/** Reads a command that has its options and arguments. */
export function describeCommand(command: Command): CompletedCommand {
  const help: CompletedOption = {
    flags: ['-h', '--help'],
    description: 'show help',
    value: { kind: 'none', words: [] },
  };
  return {
    name: command.name(),
    summary: command.description(),
    options: [...command.options.map(describeOption), help],
    argument: describeArgument(command.registeredArguments[0]),
  };
}

function describeOption(option: Option): CompletedOption {
  return {
    flags: [option.short, option.long].flatMap((flag) => flag ?? []),
    description: option.description,
    value: option.required || option.optional ? valueOf(placeholder(option.flags), option.parseArg) : NOTHING,
  };
}

const NOTHING: CompletedValue = { kind: 'none', words: [] };

function describeArgument(argument: Argument | undefined): CompletedValue {
  return argument === undefined ? NOTHING : valueOf(argument.name(), argument.parseArg);
}

function valueOf(name: string, parser: unknown): CompletedValue {
  return { kind: name === 'dir' ? 'folder' : FILES.includes(name) ? 'file' : 'other', words: wordsOf(parser) };
}

/** `file` of `-o, --output <file...>`. */
function placeholder(flags: string): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';
}
