/** Trains all runs of a recipe file, continues where it was stopped, and puts the results side by side. */
import { join } from 'node:path';
import { FlexorError } from '../../base/errors.js';
import { makeFolder } from '../../base/files.js';
import { loadOptional } from '../../base/optional.js';
import { writeFileAtomic } from '../../base/output.js';
import { resultsCsv } from '../../report/training/csv.js';
import { histogramsChart, type HistogramRow } from '../../report/training/histograms.js';
import type { RunResult, SweepResults } from '../../report/training/types.js';
import type { EngineChoice } from '../../train/engine/engines.js';
import type { TrainHooks } from '../../train/run/trainer.js';
import { startEngine, type EngineFlags } from './engine.js';
import { planRuns, readRecipe, type ParseRun, type PlannedRun, type Recipe } from './recipe-file.js';
import { SweepFolder } from './sweep-folder.js';

export { finalAccuracy } from '../../report/training/statistics.js';

export interface SweepOptions extends EngineFlags {
  /** Folder for models and results. */
  readonly output: string;
  /** These win over the recipe's. */
  readonly data?: string;
  readonly epochs?: number;
  readonly limit?: number;
  readonly seeds?: readonly number[];
}

/** What the caller hears on the way. */
export interface SweepHooks {
  onEngine(choice: EngineChoice): void;
  /** Before each run that is trained: its number from 1 among all, and how many epochs are done of those to train. */
  onRun(run: PlannedRun, number: number, runs: number, epochs: { readonly done: number; readonly total: number }): void;
  /** The hooks of that run. */
  hooks(run: PlannedRun): TrainHooks;
}

/** A sweep whose recipe, options and finished runs are in order. */
export interface OpenSweep {
  readonly recipe: Recipe;
  readonly runs: readonly PlannedRun[];
  readonly folder: SweepFolder;
}

/** Reads the recipe, refuses what could only fail later, and takes up what is finished. */
export async function openSweep(path: string, options: SweepOptions, parse: ParseRun): Promise<OpenSweep> {
  const recipe = readRecipe(path);
  const more = (['data', 'epochs', 'limit'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, String(options[name])],
  );
  const runs = planRuns(path, recipe, options.seeds ?? recipe.seeds, more, parse);
  const folder = new SweepFolder(options.output, runs);
  await folder.takeStock();
  return { recipe, runs, folder };
}

/** Trains what is not finished, and writes the results anew after each run. */
export async function sweepRecipe(
  path: string,
  options: SweepOptions,
  parse: ParseRun,
  { onEngine, onRun, hooks }: SweepHooks,
): Promise<SweepResults> {
  const choice = await startEngine(options);
  onEngine(choice);
  const sweep = await openSweep(path, options, parse);
  const { runs, folder } = sweep;
  makeFolder(options.output);
  const toTrain = runs.filter((run) => folder.result(run) === undefined);
  if (toTrain.length < runs.length) await writeResults(sweep, options.output);
  const total = epochsOf(toTrain);
  for (const [i, run] of toTrain.entries()) {
    // Runs of many epochs take longer than those of a few.
    onRun(run, runs.indexOf(run) + 1, runs.length, { done: epochsOf(toTrain.slice(0, i)), total });
    await folder.finish(run, choice.engine, hooks(run));
    await writeResults(sweep, options.output);
  }
  return resultsOf(sweep);
}

/** Trains the run of this number, from 1, alone and leaves the results of the sweep to others: a task of a job array. */
export async function sweepRun(
  path: string,
  number: number,
  options: SweepOptions,
  parse: ParseRun,
  { onEngine, onRun, hooks }: SweepHooks,
): Promise<void> {
  const choice = await startEngine(options);
  onEngine(choice);
  const { runs, folder } = await openSweep(path, options, parse);
  const run = runs[number - 1];
  if (run === undefined) throw new FlexorError('usage', `--run must be 1 to ${runs.length}, got ${number}`);
  makeFolder(options.output);
  onRun(run, number, runs.length, { done: 0, total: run.config.epochs });
  await folder.finish(run, choice.engine, hooks(run));
}

function epochsOf(runs: readonly PlannedRun[]): number {
  return runs.reduce((sum, { config }) => sum + config.epochs, 0);
}

/** What is finished, in the order of the recipe. */
function resultsOf({ recipe, runs, folder }: OpenSweep): SweepResults {
  const { title, runs: configurations } = recipe;
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

/** Writes the results of what is finished, if anything is, and returns them. */
export async function writeResults(sweep: OpenSweep, out: string): Promise<SweepResults> {
  const { curvesChart } = await loadOptional('charts', () => import('../../report/training/curves.js'));
  const results = resultsOf(sweep);
  if (results.configurations.length === 0) return results;
  const histograms = histogramsChart(results.title, firstModels(sweep.runs, sweep.folder));
  if (histograms !== null) writeFileAtomic(join(out, 'histograms.svg'), histograms);
  writeFileAtomic(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileAtomic(join(out, 'results.csv'), resultsCsv(results));
  writeFileAtomic(join(out, 'curves.svg'), curvesChart(results));
  return results;
}
