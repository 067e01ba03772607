/** `flexor price-sweep`: gates and area of decryptors over kinds of M⊕, and from how many weights they pay. */
import { Option, type Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { writeFileAtomic } from '../base/files.js';
import { DEFAULT_LIBERTY, readLibrary } from '../report/area/liberty/library.js';
import { sweepCsv } from '../report/price/sweep/csv.js';
import { REFERENCE_CHANNELS } from '../report/price/sweep/reference-layer.js';
import { sweepPrices } from '../report/price/sweep/sweep.js';
import type { Taps } from '../report/price/sweep/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import { DEFAULT_CIRCUIT } from '../xor/hardware-circuit.js';
import { integer, listOf, real, wordOr } from './options.js';
import { sweepTable } from './price-sweep-table.js';
import { printJson, printLine } from './print.js';
import { withProgress } from './progress.js';
import { addSynthesisOptions } from './synthesis.js';
import type { SynthesisOptions } from './synthesis.js';

interface SweepCommandOptions extends SynthesisOptions {
  readonly nout: readonly number[];
  readonly ratios: readonly number[];
  readonly taps: readonly Taps[];
  readonly seeds: number;
  readonly seed: number;
  readonly pe: number;
  readonly xorIterations: number;
  readonly csv?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerPriceSweep(program: Command): void {
  const command = program
    .command('price-sweep')
    .description('measure decryptors over N_out, N_in/N_out and taps: XOR gates, area, weights from which they pay')
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
    .option('--csv <file>', 'write the rows as CSV')
    .option('--svg <file>', 'write the plot')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Hundreds of decryptors go through Yosys, many in one run; a second run finds them in the cache. What the columns mean is in
docs/price.md.

Examples:
  flexor price-sweep --svg sweep.svg --csv sweep.csv
  flexor price-sweep --nout 20 --ratios 0.6 --taps 2,3,4 --seeds 3
  flexor price-sweep --liberty cells.lib --json | jq '.rows[] | .breakEvenWeights.sram'`,
    )
    .action(priceSweep);
}

async function priceSweep(options: SweepCommandOptions): Promise<void> {
  const { nout: outputs, ratios, taps, seeds, seed: firstSeed, pe, xorIterations: iterations } = options;
  if (REFERENCE_CHANNELS % pe !== 0) {
    throw new FlexorError(
      'usage',
      `--pe must divide the ${REFERENCE_CHANNELS} channels of the reference layer, got ${pe}`,
    );
  }
  const request = { outputs, ratios, taps, seeds, firstSeed, pe, iterations };
  const library = readLibrary(options.liberty ?? DEFAULT_LIBERTY);
  const report = await withProgress('price sweep', 1, (onProgress) =>
    sweepPrices(request, {
      library,
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      jobs: options.jobs,
      onProgress,
    }),
  );
  if (options.csv !== undefined) writeFileAtomic(options.csv, sweepCsv(report));
  if (options.svg !== undefined) {
    const { sweepChart } = await import('../report/price/sweep/chart.js');
    writeFileAtomic(options.svg, sweepChart(report));
  }
  if (options.json === true) printJson(report);
  else printLine(sweepTable(report));
}
