/** `--engine`, `--threads` and `--precision` of commands that train. */
import type { Command } from 'commander';
import { ENGINE_NAMES, PRECISIONS } from '../../app/choices.js';
import { integer, oneOf } from './values.js';
import { GROUPS } from './help.js';

export function engineOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.runs)
    .option(
      '--engine <name>',
      `${ENGINE_NAMES.join(', ')} (default: the first of these that starts)`,
      oneOf(ENGINE_NAMES),
    )
    .option('--threads <n>', 'threads of the native engine (default: one for each core)', integer(1, 256))
    .option(
      '--precision <type>',
      `what convolutions of the native engine multiply: ${PRECISIONS.join(', ')}`,
      oneOf(PRECISIONS),
      'float32',
    );
}
