/**
 * In how many rows of its memory a decryptor word is worth being (weight-memory.ts): narrower rows make a deeper memory,
 * which fills block RAMs where wide words would leave most of them empty.
 */
import { layerCost } from '../cost/model.js';
import { areaOf } from '../cost/unit-cost.js';
import type { WeightedNode } from '../lanes.js';
import { weightedShape } from '../layers/weighted/plan.js';
import type { LayerFold } from '../types.js';
import { sourceUnit } from '../units/index.js';
import { mostRowsPerWord, sourceOf, wordShape } from '../weight-memory.js';

/** The fold with every number of rows per word that may be the best for its weight source. */
export function foldsWithRowsPerWord(node: WeightedNode, fold: LayerFold): LayerFold[] {
  const most = mostRowsPerWord(node, fold);
  const shapes = Array.from({ length: most }, (_, i) => wordShape(node, { ...fold, rowsPerWord: i + 1 }));
  return sourceUnit(sourceOf(fold))
    .candidates(shapes)
    .map(({ rowsPerWord }) => ({ ...fold, rowsPerWord }));
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
