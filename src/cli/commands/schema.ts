/** `flexor schema`: the JSON schema of what a command prints with `--json`. */
import { Argument, type Command } from 'commander';
import { addHelp } from '../options/help.js';
import { oneOf } from '../options/values.js';
import { jsonSchema, SCHEMAS } from '../schemas/index.js';
import { printLine } from '../terminal/print.js';

/** Adds arguments, help and action. */
export function define(command: Command): void {
  const names = Object.keys(SCHEMAS);
  command.addArgument(new Argument('<command>', names.join(', ')).argParser(oneOf(names)));
  addHelp(
    command,
    [
      'Every result of --json says in its field schema which one it follows, such as flexor.inspect/1. The number rises ' +
        'where a field goes or changes its meaning; docs/json.md says more.',
    ],
    ['flexor schema inspect', 'flexor schema report > report.schema.json'],
  ).action((name: string) => printLine(JSON.stringify(jsonSchema(name), null, 2)));
}
