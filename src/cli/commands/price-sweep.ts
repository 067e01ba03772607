/** `flexor price-sweep`: gates and area of decryptors over kinds of M⊕, and from how many weights they pay. */
import { Option, type Command } from 'commander';
import { DEFAULT_CIRCUIT, REFERENCE_CHANNELS } from '../../app/choices.js';
import { sweepDecryptorPrices, type PriceSweepOptions } from '../../app/price-sweep.js';
import { addSynthesisOptions } from '../options/synthesis.js';
import { integer, listOf, real, wordOr } from '../options/values.js';
import { sweepTable } from '../tables/price-sweep.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { priceSweep as priceSweepJson } from '../schemas/measures.js';

interface Options extends PriceSweepOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .optionsGroup(GROUPS.search)
    .option('--nout <list>', 'N_out, with commas', listOf(integer(1, 512)), [8, 12, 16, 20, 24, 32])
    .option('--ratios <list>', 'N_in/N_out, with commas', listOf(real(0.01, 1)), [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    .addOption(
      new Option('--taps <list>', "ones in every row of M⊕, or 'random', with commas")
        .argParser(listOf(wordOr(['random'] as const, integer(1, 512))))
        .default([2, 'random'], '2,random'),
    )
    .option('--seeds <n>', 'matrices of each kind; figures are medians', integer(1, 1000), 5)
    .option('--seed <n>', 'seed of the first one', integer(0, 4_000_000_000), 1)
    .option('--pe <n>', `weight bits a cycle of a decryptor; divides ${REFERENCE_CHANNELS}`, integer(1), 16)
    .option(
      '--xor-iterations <n>',
      'steps of the search for few XOR gates',
      integer(0, 100_000_000),
      DEFAULT_CIRCUIT.iterations,
    );
  addSynthesisOptions(command)
    .optionsGroup(GROUPS.output)
    .option('--csv <file>', 'write the rows as CSV')
    .option('--svg <file>', 'write the plot')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'Hundreds of decryptors go through Yosys, many in one run; a second run finds them in the cache. What the ' +
        'columns mean is in docs/price.md.',
    ],
    [
      'flexor price-sweep --svg sweep.svg --csv sweep.csv',
      'flexor price-sweep --nout 20 --ratios 0.6 --taps 2,3,4 --seeds 3',
      "flexor price-sweep --liberty cells.lib --json | jq '.rows[] | .breakEvenWeights.sram'",
    ],
  ).action(priceSweep);
}

async function priceSweep(options: Options): Promise<void> {
  const report = await sweepDecryptorPrices(options, startProgress);
  if (options.json === true) printJson<Output<typeof priceSweepJson>>({ schema: 'flexor.price-sweep/1', ...report });
  else printLine(sweepTable(report));
}
