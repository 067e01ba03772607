/**
 * In how many rows of its memory a decryptor word is worth being (weight-memory.ts): narrower rows make a deeper memory,
 * which fills block RAMs where wide words would leave most of them empty, and the LUTs of a small ROM.
 */
import { layerCost } from '../cost/model.js';
import { addCosts, areaOf, unitCost, weighted, type Cost } from '../cost/unit-cost.js';
import type { WeightedNode } from '../lanes.js';
import { weightedShape } from '../layers/weighted/plan.js';
import { rowUnits } from '../layers/weighted/units.js';
import { SEAM_LUTS } from '../layers/weighted/seam-coefficients.js';
import type { LayerFold, WeightSource } from '../types.js';
import { sourceUnit } from '../units/index.js';
import { mostRowsPerWord, sourceOf, wordShape, type WordShape } from '../weight-memory.js';
import { amountsOf, compare, RESOURCES, undominated } from './dominance.js';

/** What of a layer's cost depends on the rows of a word. The rest is the same for all of them. */
function rowCost(weights: WeightSource, shape: WordShape): Cost {
  const cost = addCosts(rowUnits(weights, shape).map(unitCost));
  return { ...cost, luts: cost.luts - weighted(sourceUnit(weights).seams(shape), SEAM_LUTS) };
}

/**
 * The fold with every number of rows per word that no other one beats in area and in every resource that a budget may
 * limit: with the others no design takes less.
 */
export function foldsWithRowsPerWord(node: WeightedNode, fold: LayerFold): LayerFold[] {
  const most = mostRowsPerWord(node, fold);
  const shapes = Array.from({ length: most }, (_, i) => wordShape(node, { ...fold, rowsPerWord: i + 1 }));
  const weights = sourceOf(fold);
  const all = sourceUnit(weights).candidates(shapes);
  const costs = all.map((shape) => ({
    rowsPerWord: shape.rowsPerWord,
    amounts: amountsOf({ cost: rowCost(weights, shape), cycles: 0 }, RESOURCES),
  }));
  const sorted = costs.sort((a, b) => compare(a.amounts, b.amounts));
  return undominated(sorted, 1 + RESOURCES.length).map(({ rowsPerWord }) => ({ ...fold, rowsPerWord }));
}

/** The fold as it is where it says how many rows a word takes, else with those of least area. */
export function withRowsPerWord(node: WeightedNode, fold: LayerFold): LayerFold {
  if (fold.rowsPerWord !== undefined) return fold;
  const areas = foldsWithRowsPerWord(node, fold).map((each) => ({
    each,
    area: areaOf(layerCost(weightedShape(node, each))),
  }));
  return areas.reduce((best, other) => (other.area < best.area ? other : best)).each;
}
