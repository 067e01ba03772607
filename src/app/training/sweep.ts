/** Trains all runs of a recipe file, continues where it was stopped, and puts the results side by side. */
import { join } from 'node:path';
import { makeFolder } from '../../base/files.js';
import { writeFileAtomic } from '../../base/output.js';
import { resultsCsv } from '../../report/training/csv.js';
import { histogramsChart, type HistogramRow } from '../../report/training/histograms.js';
import type { RunResult, SweepResults } from '../../report/training/types.js';
import type { EngineChoice } from '../../train/engine/engines.js';
import type { TrainHooks } from '../../train/run/trainer.js';
import { startEngine, type EngineFlags } from './engine.js';
import { planRuns, readRecipe, type ParseRun, type PlannedRun, type Recipe } from './recipe-file.js';
import { SweepFolder } from './sweep-folder.js';

export interface SweepOptions extends EngineFlags {
  /** Folder for models and results. */
  readonly out: string;
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

/** Trains what is not finished, and writes the results anew after each run. */
export async function sweepRecipe(
  path: string,
  options: SweepOptions,
  parse: ParseRun,
  { onEngine, onRun, hooks }: SweepHooks,
): Promise<SweepResults> {
  const recipe = readRecipe(path);
  const more = (['data', 'epochs', 'limit'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, String(options[name])],
  );
  const runs = planRuns(path, recipe, options.seeds ?? recipe.seeds, more, parse);
  const choice = await startEngine(options);
  onEngine(choice);
  const folder = new SweepFolder(options.out, runs, choice.engine);
  await folder.takeStock();
  makeFolder(options.out);
  const toTrain = runs.filter((run) => folder.result(run) === undefined);
  if (toTrain.length < runs.length) await writeResults(recipe, runs, folder, options.out);
  const total = epochsOf(toTrain);
  for (const [i, run] of toTrain.entries()) {
    // Runs of many epochs take longer than those of a few.
    onRun(run, runs.indexOf(run) + 1, runs.length, { done: epochsOf(toTrain.slice(0, i)), total });
    await folder.finish(run, hooks(run));
    await writeResults(recipe, runs, folder, options.out);
  }
  return resultsOf(recipe, runs, folder);
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
  const { curvesChart } = await import('../../report/training/curves.js');
  const results = resultsOf(recipe, runs, folder);
  const histograms = histogramsChart(results.title, firstModels(runs, folder));
  if (histograms !== null) writeFileAtomic(join(out, 'histograms.svg'), histograms);
  writeFileAtomic(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileAtomic(join(out, 'results.csv'), resultsCsv(results));
  writeFileAtomic(join(out, 'curves.svg'), curvesChart(results));
}
