/** Options of every command that lowers a model: bits, and where the hardware has its weights from. */
import { InvalidArgumentError, type Command } from 'commander';
import { DEFAULT_BITS } from '../../app/choices.js';
import type { LoweringOptions } from '../../app/inputs.js';
import { assignments, integer, withWords } from './values.js';
import { GROUPS } from './help.js';

const SOURCES = ['rom', 'ram', 'ram-single', 'stream'] as const;

const weightMode = withWords(SOURCES, (text): NonNullable<LoweringOptions['weights']> => {
  const [word, list, ...more] = text.split(':');
  const source = SOURCES.find((each) => each === word);
  const layers = list?.split(',').map((name) => name.trim());
  if (source === undefined || more.length > 0 || (layers !== undefined && source !== 'stream')) {
    throw new InvalidArgumentError('Must be rom, ram, ram-single, stream or stream:LAYER,....');
  }
  return layers === undefined ? { source } : { source, layers };
});

/** Adds --activation-bits, --layer-bits, --multiplier-bits, --input-bits, --float-bits and --weights. */
export function addLoweringOptions(command: Command): Command {
  const { activationBits, multiplierBits, inputBits, floatBits } = DEFAULT_BITS;
  return command
    .optionsGroup(GROUPS.lowering)
    .option(
      '--activation-bits <n>',
      'bits of hidden activations for which the file states no quantiser',
      integer(1, 16),
      activationBits,
    )
    .option('--layer-bits <layer=n,...>', 'bits of the outputs of these layers instead', assignments(integer(1, 16)))
    .option('--multiplier-bits <n>', 'bits of the multipliers that rescale sums', integer(2, 32), multiplierBits)
    .option(
      '--input-bits <n>',
      "bits of the network's input where the file states no quantiser for it",
      integer(1, 16),
      inputBits,
    )
    .option('--float-bits <n>', 'binary planes of full-precision layers', integer(1, 8), floatBits)
    .option(
      '--weights <mode>',
      'rom: fixed when hardware is generated; ram: weights, multipliers and betas can be loaded while frames run; ' +
        'ram-single: between frames, in half the memory; stream: encrypted weights come in from outside, one pass a pixel (stream:LAYER,... for these layers alone) (default: rom)',
      weightMode,
    );
}
