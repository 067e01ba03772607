/** The fold of least area for a target or budgets, what limits it, and the frontier around it. */
import { loadOptional } from '../base/optional.js';
import { prepareOutput, saveResult } from '../base/output.js';
import { plainCost } from '../report/area/plain.js';
import { smallestDevice, type HoldingDevice } from '../report/devices.js';
import type { Cost } from '../rtl/cost/model.js';
import { solveDefault, solveGoal } from '../rtl/solve/goal.js';
import { foldReport, frontierPoints, type FoldReport, type Point } from '../rtl/solve/report.js';
import { weightSources } from '../rtl/weight-sources.js';
import { clockOf, DEFAULT_CLOCK_MHZ, goalOf, type GoalOptions } from './fold.js';
import { loadLowered, type LoweringOptions } from './inputs.js';

export { fewNames } from '../rtl/solve/report.js';

export interface FindFoldOptions extends LoweringOptions, GoalOptions {
  /** File for the fold. */
  readonly output?: string;
  /** True for the frontier of cycles and area; a file for its plot as well (SVG). */
  readonly pareto?: string | true;
}

export interface FoundFold {
  readonly model: string;
  readonly clockMhz: number;
  readonly report: FoldReport;
  /** What the same design takes with plain 1-bit weights, by the same cost model. */
  readonly plain: Cost;
  /** The smallest AMD device that holds the design; null where none of those in `report/devices.ts` does. */
  readonly device: HoldingDevice | null;
  /** Null where the frontier was not asked for. */
  readonly pareto: readonly Point[] | null;
}

/** Solves, and writes the files that are named. */
export async function findFold(path: string, options: FindFoldOptions): Promise<FoundFold> {
  const { output, pareto, clockMhz = DEFAULT_CLOCK_MHZ } = options;
  for (const file of [output, pareto]) if (typeof file === 'string') prepareOutput(file);
  const { network } = loadLowered(path, options);
  const goal = goalOf(options);
  const clock = clockOf(options);
  const sources = options.weights === undefined ? {} : weightSources(network, options.weights);
  const solved = goal === null ? solveDefault(network, sources, clock) : solveGoal(network, goal, sources, clock);
  const report = foldReport(network, solved);
  const points = pareto === undefined ? null : frontierPoints(solved);
  if (output !== undefined) saveResult(output, `${JSON.stringify(solved.solution.fold, null, 2)}\n`);
  if (points !== null && typeof pareto === 'string') {
    const { frontierChart } = await loadOptional('charts', () => import('../report/folding/chart.js'));
    saveResult(pareto, frontierChart(network.name, points, report));
  }
  const plain = plainCost(network, solved.solution.fold, report.rest);
  return { model: network.name, clockMhz, report, plain, device: smallestDevice(report.total), pareto: points };
}
