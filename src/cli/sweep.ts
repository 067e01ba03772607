/** `flexor sweep`: trains all runs of a recipe file, continues where it was stopped, and puts the results side by side. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { makeFolder, writeFileAtomic } from '../base/files.js';
import { resultsCsv } from '../report/training/csv.js';
import { histogramsChart, type HistogramRow } from '../report/training/histograms.js';
import { finalAccuracy } from '../report/training/statistics.js';
import type { RunResult, SweepResults } from '../report/training/types.js';
import { describeEngine, engineOptions, startEngine, type EngineFlags } from './engine-options.js';
import { integer, listOf } from './options.js';
import { formatPercent, formatTable, printJson, printLine } from './print.js';
import { clock, secondsLeft } from './progress.js';
import { SweepFolder } from './sweep-folder.js';
import { planRuns, readRecipe, type PlannedRun, type Recipe } from './sweep-recipe.js';
import { reporter } from './train-reporter.js';

interface Options extends EngineFlags {
  readonly out: string;
  readonly data?: string;
  readonly epochs?: number;
  readonly limit?: number;
  readonly seeds?: readonly number[];
  readonly json?: boolean;
}

const HELP = `
The folder gets a model and a result of every run and, new after each run, results.json, results.csv, curves.svg and
histograms.svg (the encrypted weights of each first seed) of the runs that were asked for. Called again, it continues:
finished runs are kept, one that was stopped goes on from its checkpoint.

Examples:
  flexor sweep recipes/fig4.json --data DIR --out fig4
  flexor sweep recipes/table1-resnet20.json --data DIR --out table1 --epochs 15 --seeds 1`;

export function registerSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('train all runs of a recipe file and put their results side by side')
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
  const recipe = readRecipe(path);
  const more = (['data', 'epochs', 'limit'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, String(options[name])],
  );
  const runs = planRuns(path, recipe, options.seeds ?? recipe.seeds, more);
  const choice = await startEngine(options);
  const quiet = options.json === true;
  if (!quiet) printLine(describeEngine(choice));
  const folder = new SweepFolder(options.out, runs, choice.engine);
  await folder.takeStock();
  makeFolder(options.out);
  const toTrain = runs.filter((run) => folder.result(run) === undefined);
  if (toTrain.length < runs.length) await writeResults(recipe, runs, folder, options.out);
  const started = Date.now();
  const total = epochsOf(toTrain);
  for (const [i, run] of toTrain.entries()) {
    // Runs of many epochs take longer than those of a few.
    const reached = { done: epochsOf(toTrain.slice(0, i)), total, from: 0 };
    const left = secondsLeft(reached, (Date.now() - started) / 1000);
    const time = left === null ? '' : ` (about ${clock(left)} left)`;
    if (!quiet) printLine(`run ${runs.indexOf(run) + 1} of ${runs.length}: ${run.name}, seed ${run.seed}${time}`);
    await folder.finish(run, reporter(run.config, quiet));
    await writeResults(recipe, runs, folder, options.out);
  }
  const results = resultsOf(recipe, runs, folder);
  if (quiet) printJson(results);
  else printLine(table(results));
}

function epochsOf(runs: readonly PlannedRun[]): number {
  return runs.reduce((sum, { config }) => sum + config.epochs, 0);
}

/** What is finished, in the order of the recipe. */
function resultsOf(
  { title, runs: configurations }: Recipe,
  runs: readonly PlannedRun[],
  folder: SweepFolder,
): SweepResults {
  const of = (name: string): RunResult[] =>
    runs.flatMap((run) => (run.name === name ? (folder.result(run) ?? []) : []));
  return {
    title,
    configurations: configurations
      .map(({ name, paper }) => ({ name, paper: paper === null ? null : paper / 100, runs: of(name) }))
      .filter((configuration) => configuration.runs.length > 0),
  };
}

/** Of each configuration the model of its first seed, if it is finished. */
function firstModels(runs: readonly PlannedRun[], folder: SweepFolder): HistogramRow[] {
  const first = runs.filter((run, i) => runs.findIndex(({ name }) => name === run.name) === i);
  return first
    .filter((run) => folder.result(run) !== undefined)
    .map((run) => ({ name: run.name, model: folder.model(run) }));
}

async function writeResults(
  recipe: Recipe,
  runs: readonly PlannedRun[],
  folder: SweepFolder,
  out: string,
): Promise<void> {
  const { curvesChart } = await import('../report/training/curves.js');
  const results = resultsOf(recipe, runs, folder);
  const histograms = histogramsChart(results.title, firstModels(runs, folder));
  if (histograms !== null) writeFileAtomic(join(out, 'histograms.svg'), histograms);
  writeFileAtomic(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileAtomic(join(out, 'results.csv'), resultsCsv(results));
  writeFileAtomic(join(out, 'curves.svg'), curvesChart(results));
}

function table({ configurations }: SweepResults): string {
  const rows = configurations.map((configuration) => {
    const { mean, deviation } = finalAccuracy(configuration);
    const { name, paper, runs } = configuration;
    return [
      name,
      String(runs.length),
      formatPercent(mean),
      runs.length > 1 ? `± ${(100 * deviation).toFixed(2)}` : '',
      paper === null ? '' : formatPercent(paper),
    ];
  });
  return formatTable([['run', 'seeds', 'test accuracy', '', 'paper'], ...rows]);
}
