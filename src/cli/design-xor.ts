/** `flexor design-xor`: searches seeds for an M⊕ with a large minimum distance and few gates. */
import { Option, type Command } from 'commander';
import { writeFileAtomic } from '../base/files.js';
import { designMatrix } from '../xor/design.js';
import type { Design } from '../xor/design.js';
import { matrixFileText, matrixRows } from '../xor/matrix-file.js';
import { integer, wordOr } from './options.js';
import { printJson, printLine } from './print.js';
import { startProgress } from './progress.js';
import { xorTable } from './xor-table.js';

interface Options {
  readonly nin: number;
  readonly nout: number;
  readonly taps: number | 'random';
  readonly seeds: number;
  readonly seed: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerDesignXor(program: Command): void {
  program
    .command('design-xor')
    .description('search seeds for an M⊕ with the greatest minimum distance at the fewest XOR gates')
    .requiredOption('--nin <n>', 'N_in: encrypted bits of a slice', integer(1, 512))
    .requiredOption('--nout <n>', 'N_out: weight bits of a slice', integer(1, 512))
    .addOption(
      new Option('--taps <n>', "ones in every row, or 'random'")
        .argParser(wordOr(['random'] as const, integer(1, 512)))
        .default(2, '2'),
    )
    .option('--seeds <n>', 'matrices to try', integer(1, 1_000_000), 200)
    .option('--seed <n>', 'seed of the first one', integer(0, 4_000_000_000), 1)
    .option('-o, --output <file>', 'write the best one here, for flexor train --xor')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Of equal rank and minimum distance the one with more different rows, then with fewer gates, wins. docs/xor.md says what
the figures mean.

Examples:
  flexor design-xor --nin 12 --nout 20 --taps 2 --seeds 1000 -o matrix.json
  flexor design-xor --nin 8 --nout 10 --taps random --json | jq .gates
  flexor train lenet5 --xor matrix.json --out model.flexor`,
    )
    .action(designXor);
}

function designXor(options: Options): void {
  const { nin: nIn, nout: nOut, seeds, seed: firstSeed } = options;
  const taps = options.taps === 'random' ? null : options.taps;
  const progress = startProgress('designing M⊕', seeds);
  let design: Design;
  try {
    design = designMatrix({ nIn, nOut, taps, seeds, firstSeed }, (done) => progress.update(done, ''));
  } finally {
    progress.finish();
  }
  const { matrix, seed, properties, finalists } = design;
  const summary = { nIn, nOut, taps: options.taps, seed, firstSeed, seeds, finalists, ...properties };
  if (options.output !== undefined) writeFileAtomic(options.output, matrixFileText(matrix, summary));
  if (options.json === true) {
    printJson({ ...summary, rows: matrixRows(matrix) });
    return;
  }
  printLine(xorTable([{ name: `seed ${seed}`, matrix, properties }]));
  printLine(`\nbest of ${seeds}; ${finalists} had the same rank, minimum distance and number of different rows`);
  printLine(options.output === undefined ? matrixRows(matrix).join('\n') : `wrote ${options.output}`);
}
