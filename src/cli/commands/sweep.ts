/** `flexor sweep`: trains all runs of a recipe file, continues where it was stopped, and puts the results side by side. */
import type { Command } from 'commander';
import { describeEngine } from '../../app/training/engine.js';
import { sweepRecipe, type SweepOptions } from '../../app/training/sweep.js';
import { engineOptions } from '../options/engine.js';
import { parseRun } from '../options/training.js';
import { integer, listOf } from '../options/values.js';
import { sweepResultsTable } from '../tables/sweep.js';
import { printJson, printLine } from '../terminal/print.js';
import { clock, secondsLeft } from '../terminal/progress.js';
import { reporter } from '../terminal/train-reporter.js';

interface Options extends SweepOptions {
  readonly json?: boolean;
}

const HELP = `
The folder gets a model and a result of every run and, new after each run, results.json, results.csv, curves.svg and
histograms.svg (the encrypted weights of each first seed) of the runs that were asked for. Called again, it continues:
finished runs are kept, one that was stopped goes on from its checkpoint.

Examples:
  flexor sweep recipes/fig4.json --data DIR --out fig4
  flexor sweep recipes/table1-resnet20.json --data DIR --out table1 --epochs 15 --seeds 1`;

export function define(command: Command): void {
  command
    .argument('<recipe>', 'recipe file: recipes/*.json')
    .requiredOption('-o, --out <dir>', 'folder for models and results')
    .option('--data <dir>', 'folder of the data set (else FLEXOR_DATA, else ../shared/data)')
    .option('--epochs <n>', "instead of the recipe's", integer(1))
    .option('--limit <n>', 'use only the first n images of each split', integer(1))
    .option('--seeds <list>', "instead of the recipe's, with commas", listOf(integer(0, 4294967295)));
  engineOptions(command);
  command.option('--json', 'print the results as JSON').addHelpText('after', HELP).action(sweep);
}

async function sweep(path: string, options: Options): Promise<void> {
  const quiet = options.json === true;
  const say = (text: string): void => {
    if (!quiet) printLine(text);
  };
  let started: number | null = null;
  const results = await sweepRecipe(path, options, parseRun, {
    onEngine: (choice) => say(describeEngine(choice)),
    onRun: ({ name, seed }, number, runs, epochs) => {
      started ??= Date.now();
      const left = secondsLeft({ ...epochs, from: 0 }, (Date.now() - started) / 1000);
      const time = left === null ? '' : ` (about ${clock(left)} left)`;
      say(`run ${number} of ${runs}: ${name}, seed ${seed}${time}`);
    },
    hooks: ({ config }) => reporter(config, quiet),
  });
  if (quiet) printJson(results);
  else printLine(sweepResultsTable(results));
}
