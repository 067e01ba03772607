/** `flexor compact`: a model without stored bits that cannot matter. */
import type { Command } from 'commander';
import { compactFile } from '../../app/compact.js';
import { compactText } from '../tables/compact.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { compact as compactJson } from '../schemas/models.js';

interface Options {
  readonly output: string;
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .argument('<model>', 'model file (.flexor)')
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <file>', 'the compacted model')
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'An M⊕ of rank r below N_in gives only 2^r different slices. It is rewritten for r stored bits a slice: ' +
        'with two taps, one bit of every connected part of M⊕ is added to the others and dropped. Every decrypted ' +
        'bit stays as it was.',
    ],
    [
      'flexor compact models/lenet5-mnist-0.6.flexor -o lenet5.flexor',
      'flexor compact model.flexor -o smaller.flexor --json | jq .bitsPerWeight',
    ],
  ).action((path: string, { output, json }: Options) => {
    const result = compactFile(path, output);
    if (json === true) printJson<Output<typeof compactJson>>({ schema: 'flexor.compact/1', ...result });
    else printLine(compactText(result));
  });
}
