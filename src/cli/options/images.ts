/** Options of every command that takes test images. */
import type { Command } from 'commander';
import { TEST_SET_NAMES } from '../../app/test-sets.js';
import { integer, oneOf } from './values.js';
import { GROUPS } from './help.js';

/** Adds --data, --dataset and --images. `images` is the default count; none means all. */
export function addImageOptions(command: Command, images?: number): Command {
  const all = images === undefined ? ' (default: all)' : '';
  return command
    .optionsGroup(GROUPS.images)
    .option(
      '--data <dir>',
      'folder of the data set (default: FLEXOR_DATA, else ../shared/data); the digits are built in',
    )
    .option('--dataset <name>', `${TEST_SET_NAMES.join(', ')} (default: what the model states)`, oneOf(TEST_SET_NAMES))
    .option('--images <n>', `use the first n test images${all}`, integer(1), images);
}
