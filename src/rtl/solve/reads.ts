/**
 * In how many rows of its memory a decryptor word is worth being (weight-memory.ts): narrower rows make a deeper memory,
 * which fills block RAMs where wide words would leave most of them empty.
 */
import { memoryShape } from '../cost/memory.js';
import { storeUse } from '../cost/two-ports.js';
import { areaOf } from './cheapest.js';
import { layerCost } from '../cost/model.js';
import type { WeightedNode } from '../fold.js';
import { weightedShape } from '../plan.js';
import type { LayerFold } from '../types.js';
import { mostReads, sourceOf, wordShape } from '../weight-memory.js';

/**
 * The fold with every number of reads that may be the best: one, and each that takes fewer block RAMs than fewer reads or
 * brings a memory of LUTs into block RAM. A stream from outside is as narrow as keeps up and wastes least of its bytes.
 */
export function foldsWithReads(node: WeightedNode, fold: LayerFold): LayerFold[] {
  const most = mostReads(node, fold);
  const source = sourceOf(fold);
  if (source === 'stream') return [{ ...fold, reads: leanestStream(node, fold, most) }];
  const folds: LayerFold[] = [];
  let fewest = Infinity;
  for (let reads = 1; reads <= most; reads++) {
    const { rowBits, rows } = wordShape(node, { ...fold, reads });
    const { made, bram18 } = source === 'ram' ? storeUse(rowBits, rows) : memoryShape('rom', rowBits, rows);
    const count = made === 'block' ? bram18 : Infinity;
    if (reads > 1 && count >= fewest) continue;
    fewest = count;
    folds.push({ ...fold, reads });
  }
  return folds;
}

/** Of the reads with the fewest bytes a word, the most. */
function leanestStream(node: WeightedNode, fold: LayerFold, most: number): number {
  let [best, fewest] = [1, Infinity];
  for (let reads = 1; reads <= most; reads++) {
    const bytes = reads * Math.ceil(wordShape(node, { ...fold, reads }).rowBits / 8);
    if (bytes <= fewest) [best, fewest] = [reads, bytes];
  }
  return best;
}

/** The fold as it is where it says how many reads, else with those of least area. */
export function withReads(node: WeightedNode, fold: LayerFold): LayerFold {
  if (fold.reads !== undefined) return fold;
  const areas = foldsWithReads(node, fold).map((each) => ({
    each,
    area: areaOf(layerCost(weightedShape(node, each))),
  }));
  return areas.reduce((best, other) => (other.area < best.area ? other : best)).each;
}
