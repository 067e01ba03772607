/** `flexor sweep`: trains all runs of a recipe file, continues where it was stopped, and puts the results side by side. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { FlexorError } from '../base/errors.js';
import { exists, makeFolder, readFile, writeFileAtomic } from '../base/files.js';
import { imagesIdentity, type ImageSource } from '../data/source.js';
import { loadModel } from '../model/read.js';
import { saveModel } from '../model/write.js';
import { resultsCsv } from '../report/training/csv.js';
import { histogramsChart, type HistogramRow } from '../report/training/histograms.js';
import { finalAccuracy } from '../report/training/statistics.js';
import type { RunResult, SweepResults } from '../report/training/types.js';
import { runDifference, type RunIdentity } from '../train/checkpoint.js';
import { commandLine } from '../train/command-line.js';
import { checkConfig, type TrainConfig } from '../train/config.js';
import type { EngineChoice } from '../train/engines.js';
import type { TrainOptions } from '../train/trainer.js';
import { describeEngine, engineOptions, startEngine, type EngineFlags } from './engine-options.js';
import { integer, listOf } from './options.js';
import { formatPercent, formatTable, printJson, printLine } from './print.js';
import { clock, secondsLeft } from './progress.js';
import { fileName, planRuns, readRecipe, type PlannedRun, type Recipe } from './sweep-recipe.js';
import { loadDataset } from './train-data.js';
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
The folder gets a model and a result of every run, and, new after each run, results.json, results.csv, curves.svg and, of
the encrypted weights of each first seed, histograms.svg. Called again, it continues: finished runs are kept, one that was
stopped goes on from its checkpoint.

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
  for (const { config } of runs) checkConfig(config);
  makeFolder(options.out);
  const choice = await startEngine(options);
  const quiet = options.json === true;
  if (!quiet) printLine(describeEngine(choice));
  const images = loader();
  const toTrain = runs.filter((run) => !exists(filesOf(run, options.out).result)).length;
  const [finished, started]: [RunResult[], number] = [[], Date.now()];
  for (const [i, run] of runs.entries()) {
    const reached = { done: finished.length, total: runs.length, from: runs.length - toTrain };
    const left = secondsLeft(reached, (Date.now() - started) / 1000);
    const time = left === null ? '' : ` (about ${clock(left)} left)`;
    if (!quiet) printLine(`run ${i + 1} of ${runs.length}: ${run.name}, seed ${run.seed}${time}`);
    finished.push(await finish(run, options.out, choice, await images(run), quiet));
    await writeResults(options.out, resultsOf(recipe, finished), firstModels(runs.slice(0, i + 1), options.out));
  }
  const results = resultsOf(recipe, finished);
  if (quiet) printJson(results);
  else printLine(table(results));
}

interface Images {
  readonly dataset: ImageSource;
  /** `imagesIdentity`. */
  readonly images: string;
}

/** Loads the images of a run; those of the last one stay, as most recipes have one data set. */
function loader(): (run: PlannedRun) => Promise<Images> {
  let last: (Images & { readonly key: string }) | null = null;
  return async ({ source, config }) => {
    const key = JSON.stringify([source, config.limit, config.imageSize]);
    if (last?.key !== key) {
      const dataset = loadDataset(source, config);
      last = { key, dataset, images: await imagesIdentity(dataset) };
    }
    return last;
  };
}

function filesOf(run: Pick<PlannedRun, 'name' | 'seed'>, folder: string) {
  const stem = join(folder, `${fileName(run.name)}-seed${run.seed}`);
  return { result: `${stem}.json`, model: `${stem}.flexor`, checkpoint: `${stem}.ckpt` };
}

/** Of each configuration the model of its first seed. */
function firstModels(runs: readonly PlannedRun[], folder: string): HistogramRow[] {
  const first = runs.filter((run, i) => runs.findIndex(({ name }) => name === run.name) === i);
  return first.map((run) => ({ name: run.name, model: loadModel(filesOf(run, folder).model).model }));
}

/** The result of a run: the one that lies there, or a new one. */
async function finish(
  run: PlannedRun,
  folder: string,
  { engine }: EngineChoice,
  { dataset, images }: Images,
  quiet: boolean,
): Promise<RunResult> {
  const paths = filesOf(run, folder);
  const { config, ...start } = startOf(run, folder);
  const identity: RunIdentity = { config, engine: engine.identity, images };
  if (exists(paths.result)) return known(paths.result, identity);
  const { train } = await import('../train/trainer.js');
  const files: TrainOptions = { checkpoint: paths.checkpoint, resume: exists(paths.checkpoint), ...start };
  const { model, history } = await train(engine, config, dataset, files, reporter(config, quiet));
  const result: RunResult = {
    ...{ name: run.name, seed: run.seed, recipe: commandLine(config), ...identity, history },
    testAccuracy: history.at(-1)!.testAccuracy,
  };
  saveModel(paths.model, model);
  writeFileAtomic(paths.result, `${JSON.stringify(result, null, 2)}\n`);
  rmSync(paths.checkpoint, { force: true });
  return result;
}

/** The run's configuration with the model that it starts from, which an earlier run of the same seed has left. */
function startOf({ config, seed }: PlannedRun, folder: string): { config: TrainConfig } & Pick<TrainOptions, 'init'> {
  if (config.init === null) return { config };
  const path = filesOf({ name: config.init, seed }, folder).model;
  const { model, digest } = loadModel(path);
  return { config: { ...config, init: digest }, init: { path, model } };
}

const RESULT = z.looseObject({
  config: z.looseObject({}),
  images: z.string(),
  testAccuracy: z.number(),
  history: z.array(z.looseObject({ epoch: z.number(), loss: z.number(), testAccuracy: z.number() })),
});

/** A result of an earlier call, which must be of the same run; the engine may be another. */
function known(path: string, wanted: RunIdentity): RunResult {
  const text = Buffer.from(readFile(path)).toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  if (!RESULT.safeParse(json).success) {
    throw new FlexorError('data', `${path}: this is no result of a run, or a damaged one; remove it and call again`);
  }
  const result = json as RunResult;
  const differs = runDifference(result, { ...wanted, engine: result.engine });
  if (differs === null) return result;
  throw new FlexorError('usage', `${path} is of another run: ${differs}; give another --out or remove the file`);
}

/** What is finished, in the order of the recipe. */
function resultsOf({ title, runs }: Recipe, finished: readonly RunResult[]): SweepResults {
  return {
    title,
    configurations: runs
      .map(({ name, paper }) => ({
        name,
        paper: paper === null ? null : paper / 100,
        runs: finished.filter((result) => result.name === name),
      }))
      .filter((configuration) => configuration.runs.length > 0),
  };
}

async function writeResults(out: string, results: SweepResults, models: readonly HistogramRow[]): Promise<void> {
  const { curvesChart } = await import('../report/training/curves.js');
  const histograms = histogramsChart(`${results.title}: encrypted weights`, models);
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
