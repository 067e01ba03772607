/** `flexor sweep`: trains all runs of a recipe file, continues where it was stopped, and puts the results side by side. */
import type { Command } from 'commander';
import { describeEngine } from '../../app/training/engine.js';
import { sweepOnSlurm, type SlurmOptions, type SlurmSweep } from '../../app/training/slurm.js';
import { sweepRecipe, sweepRun, type SweepHooks } from '../../app/training/sweep.js';
import { FlexorError } from '../../base/errors.js';
import { engineOptions } from '../options/engine.js';
import { parseRun } from '../options/training.js';
import { integer, listOf } from '../options/values.js';
import { sweepResultsTable } from '../tables/sweep.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { clock, secondsLeft } from '../terminal/progress.js';
import { reporter } from '../terminal/train-reporter.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { sweep as sweepJson, sweepSlurm as sweepSlurmJson } from '../schemas/training.js';

interface Options extends SlurmOptions {
  readonly run?: number;
  readonly slurm?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<recipe>', 'recipe file: recipes/*.json')
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <dir>', 'folder for models and results')
    .optionsGroup(GROUPS.runs)
    .option('--data <dir>', 'folder of the data set (else FLEXOR_DATA, else ../shared/data)')
    .option('--epochs <n>', "instead of the recipe's", integer(1))
    .option('--limit <n>', 'use only the first n images of each split', integer(1))
    .option('--seeds <list>', "instead of the recipe's, with commas", listOf(integer(0, 4294967295)));
  engineOptions(command);
  command
    .optionsGroup(GROUPS.runs)
    .option('--run <n>', 'train the n-th run alone, seed by seed, and write no common results', integer(1))
    .option('--slurm', 'submit the runs as a Slurm job array, one a task, or gather what they have reached')
    .option('--slurm-options <words>', 'more options of sbatch, separated by spaces', (text) =>
      text.trim().split(/\s+/),
    );
  command.optionsGroup(GROUPS.output).option('--json', 'print the results as JSON');
  addHelp(
    command,
    [
      'The folder gets a model and a result of every run and, new after each run, results.json, results.csv, ' +
        'curves.svg and histograms.svg (the encrypted weights of each first seed) of the runs that were asked ' +
        'for. Called again, it continues: finished runs are kept, one that was stopped goes on from its ' +
        'checkpoint.',
      'With --slurm each run is a task of a job array on a cluster. The same command, called again, gathers the ' +
        'results that are there and submits again what is neither finished nor in the queue; killed tasks go on ' +
        'from their checkpoints.',
    ],
    [
      'flexor sweep recipes/fig4.json --data DIR -o fig4',
      'flexor sweep recipes/table1-resnet20.json --data DIR -o table1 --slurm --slurm-options "--partition=long --time=2-0"',
      'flexor sweep recipes/table1-resnet20.json --data DIR -o table1 --epochs 15 --seeds 1',
    ],
  ).action(sweep);
}

async function sweep(path: string, options: Options): Promise<void> {
  const quiet = options.json === true;
  const say = (text: string): void => {
    if (!quiet) printLine(text);
  };
  if (options.slurmOptions !== undefined && options.slurm !== true) {
    throw new FlexorError('usage', '--slurm-options goes with --slurm; give both');
  }
  if (options.slurm === true) {
    if (options.run !== undefined) throw new FlexorError('usage', '--slurm submits every run; leave out --run');
    const state = await sweepOnSlurm(path, options, parseRun);
    return quiet
      ? printJson<Output<typeof sweepSlurmJson>>({ schema: 'flexor.sweep-slurm/1', ...state })
      : printLine(describeSlurm(state));
  }
  const hooks = sweepHooks(say, quiet);
  if (options.run !== undefined) return sweepRun(path, options.run, options, parseRun, hooks);
  const results = await sweepRecipe(path, options, parseRun, hooks);
  if (quiet) printJson<Output<typeof sweepJson>>({ schema: 'flexor.sweep/1', ...results });
  else printLine(sweepResultsTable(results));
}

function sweepHooks(say: (text: string) => void, quiet: boolean): SweepHooks {
  let started: number | null = null;
  return {
    onEngine: (choice) => say(describeEngine(choice)),
    onRun: ({ name, seed }, number, runs, epochs) => {
      started ??= Date.now();
      const left = secondsLeft({ ...epochs, from: 0 }, (Date.now() - started) / 1000);
      const time = left === null ? '' : ` (about ${clock(left)} left)`;
      say(`run ${number} of ${runs}: ${name}, seed ${seed}${time}`);
    },
    hooks: ({ config }) => reporter(config, quiet),
  };
}

/** What is finished, what is in the queue, and what was submitted. */
function describeSlurm({ results, runs, finished, queued, submitted, ended }: SlurmSweep): string {
  return [
    ...(finished > 0 ? [sweepResultsTable(results)] : []),
    `${finished} of ${runs} runs finished${queued > 0 ? `, ${queued} in the queue` : ''}`,
    ...ended.map(({ name, seed, log }) => `${name}, seed ${seed}, had ended without a result: see ${log}`),
    ...submitted.map((each) => `submitted ${each.runs} as job ${each.job}`),
  ].join('\n');
}
