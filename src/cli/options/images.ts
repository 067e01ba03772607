/** Options of every command that takes test images. */
import { InvalidArgumentError, type Command } from 'commander';
import { TEST_SET_NAMES } from '../../app/test-sets.js';
import { integer, oneOf } from './values.js';
import { GROUPS } from './help.js';

const LAYOUTS = ['nhwc', 'nchw'] as const;

/** Adds --data, --dataset, --label, --layout and --image-size. */
export function addDataOptions(command: Command): Command {
  return addOwnOptions(command).option(
    '--dataset <name>',
    `${TEST_SET_NAMES.join(', ')} (default: what the model states)`,
    oneOf(TEST_SET_NAMES),
  );
}

/** Adds --data, --label, --layout and --image-size. */
export function addOwnOptions(command: Command, group: string = GROUPS.images): Command {
  return command
    .optionsGroup(group)
    .option(
      '--data <path>',
      'data of your own (docs/data.md), or folder of the data set (default: FLEXOR_DATA, else ../shared/data)',
    )
    .option(
      '--label <column>',
      'column of a table with the class: name, or number from 0 (default: label or class, else the last)',
    )
    .option(
      '--layout <order>',
      'order of the dimensions of arrays: nhwc, or nchw with channels first (default: nhwc, or what fits the model)',
      oneOf(LAYOUTS),
    )
    .option('--image-size <pixels>', 'resize images of folders: N or HEIGHTxWIDTH', imageSize);
}

/** Height and width. */
function imageSize(text: string): [number, number] {
  const [height, width = height, ...more] = text.split('x').map(integer(1, 65_536));
  if (more.length > 0) throw new InvalidArgumentError('Must be N or HEIGHTxWIDTH.');
  return [height!, width!];
}

/** Adds the options of data and --images. `images` is the default count; none means all. */
export function addImageOptions(command: Command, images?: number): Command {
  const all = images === undefined ? ' (default: all)' : '';
  return addDataOptions(command).option('--images <n>', `use the first n test images${all}`, integer(1), images);
}
