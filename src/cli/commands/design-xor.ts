/** `flexor design-xor`: searches seeds for an M⊕ with a large minimum distance and few gates. */
import { Option, type Command } from 'commander';
import { designXorMatrix, type XorDesignRequest } from '../../app/design-xor.js';
import { integer, wordOr } from '../options/values.js';
import { xorTable } from '../tables/xor.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { paragraph } from '../terminal/text.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { designXor as designXorJson } from '../schemas/models.js';

interface Options {
  readonly nin: number;
  readonly nout: number;
  readonly taps: XorDesignRequest['taps'];
  readonly seeds: number;
  readonly seed: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .optionsGroup(GROUPS.search)
    .requiredOption('--nin <n>', 'N_in: encrypted bits of a slice', integer(1, 512))
    .requiredOption('--nout <n>', 'N_out: weight bits of a slice', integer(1, 512))
    .addOption(
      new Option('--taps <n>', "ones in every row, or 'random'")
        .argParser(wordOr(['random'] as const, integer(1, 512)))
        .default(2, '2'),
    )
    .option('--seeds <n>', 'matrices to try', integer(1, 1_000_000), 200)
    .option('--seed <n>', 'seed of the first one', integer(0, 4_000_000_000), 1)
    .optionsGroup(GROUPS.output)
    .option('-o, --output <file>', 'write the best one here, for flexor train --xor')
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'Of equal rank and minimum distance the one with more different rows, then with fewer gates, wins. ' +
        'docs/xor.md says what the figures mean.',
    ],
    [
      'flexor design-xor --nin 12 --nout 20 --taps 2 --seeds 1000 -o matrix.json',
      'flexor design-xor --nin 8 --nout 10 --taps random --json | jq .gates',
      'flexor train lenet5 --xor matrix.json -o model.flexor',
    ],
  ).action(designXor);
}

async function designXor(options: Options): Promise<void> {
  const { nin: nIn, nout: nOut, taps, seeds, seed: firstSeed, output } = options;
  const design = await designXorMatrix({ nIn, nOut, taps, seeds, firstSeed, output }, startProgress);
  const { matrix, rows, summary } = design;
  if (options.json === true) {
    printJson<Output<typeof designXorJson>>({ schema: 'flexor.design-xor/1', ...summary, rows });
    return;
  }
  printLine(xorTable([{ name: `seed ${summary.seed}`, matrix, properties: summary }]));
  const { finalists } = summary;
  const alike = `${finalists} had the same rank, minimum distance and number of different rows`;
  printLine(`\n${paragraph(`best of ${seeds}; ${alike}`)}`);
  printLine(output === undefined ? rows.join('\n') : `wrote ${output}`);
}
