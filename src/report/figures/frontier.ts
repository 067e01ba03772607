/**
 * The frontier of a network's folds: designs that no other one beats in both cycles and area, by the cost model that is
 * fitted to syntheses for UltraScale+ (docs/folding.md). Estimates, without the FIFOs of forks; the design of the report
 * itself is synthesised.
 */
import type { IntNetwork } from '../../fixed/types.js';
import { NetworkFolds } from '../../rtl/solve/problem.js';
import { frontier } from '../../rtl/solve/solve.js';
import { areaOf } from '../../rtl/cost/unit-cost.js';
import { NO_BUDGETS } from '../../rtl/solve/types.js';
import type { Solution } from '../../rtl/solve/types.js';
import type { FrontierPoint } from './types.js';

/** Points that a chart can show and a reader can pick. */
const MOST_POINTS = 48;

/** By rising cycles; of more than MOST_POINTS designs those that spread best over the logarithm of the cycles. */
export function frontierFigures(network: IntNetwork): FrontierPoint[] {
  const all = frontier(new NetworkFolds(network), NO_BUDGETS);
  return spread(all).map(({ cycles, cost, chosen }) => ({
    cycles,
    area: areaOf(cost),
    luts: Math.round(cost.luts + cost.lutRams),
    blockRams: cost.bram18,
    multipliers: cost.multipliers,
    layers: chosen.map(({ name, option: { fold, cycles: of } }) => ({
      name,
      pe: fold.pe,
      simd: fold.simd,
      cycles: of,
    })),
  }));
}

/** The first, the last, and of each of MOST_POINTS equal steps of log(cycles) the first design in it. */
function spread(all: readonly Solution[]): Solution[] {
  if (all.length <= MOST_POINTS) return [...all];
  const [low, high] = [Math.log(all[0]!.cycles), Math.log(all.at(-1)!.cycles)];
  const stepOf = ({ cycles }: Solution): number =>
    Math.floor(((Math.log(cycles) - low) / (high - low)) * (MOST_POINTS - 1));
  return all.filter((each, i) => i === 0 || i === all.length - 1 || stepOf(each) !== stepOf(all[i - 1]!));
}
