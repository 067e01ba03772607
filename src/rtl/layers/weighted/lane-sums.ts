/**
 * What adds up the lanes of an engine: adders behind ANDs, tables of partial sums, or sums that channels share, whichever the
 * cost model finds smallest; and the switching from which its energy is counted.
 */
import type { IntFormat } from '../../../fixed/types.js';
import { convGroups, type WeightedNode } from '../../lanes.js';
import { treeLevelsOf } from '../../pipeline.js';
import type { LayerFold } from '../../types.js';
import { areaOf, unitCost } from '../../cost/unit-cost.js';
import { DOT_ARRAY } from '../../units/dot-array/cost.js';
import { maySumsBeShared, termBits } from '../../shared-sums.js';
import { ENGINE } from '../../units/engine/cost.js';
import { LANE_TABLES } from '../../units/lane-tables/cost.js';
import { possibleTableLanes } from '../../units/lane-tables/lanes.js';
import { place, type PlacedUnit } from '../../units/types.js';
import { wordShape, type WordShape } from '../../weight-memory.js';
import type { WeightedShape } from '../types.js';

export { macActivity, type MacActivity } from '../../units/engine/activity.js';
export { rowCounters } from '../../units/engine/cost.js';
export { laneRegisters, loadRegisters } from '../../units/engine/registers.js';

type Sums = Pick<WeightedShape, 'tableLanes' | 'sharedSums' | 'accBits' | 'sumBits'>;
type Engine = Pick<WeightedShape, 'node' | 'fold' | 'groups' | 'steps'>;

/** Width of a two's complement number that holds everything of a format. */
export function signedBits(format: IntFormat): number {
  return format.signed ? format.bits : format.bits + 1;
}

/** Bits of accumulators and of the sum of activations; dot products come without one, and leave a bit that is 0. */
function sumWidths({ inputTensor, widths }: WeightedNode, simd: number, sharedSums: boolean): Omit<Sums, 'tableLanes'> {
  const { bits: actBits, signed } = inputTensor.format;
  if (sharedSums) {
    return { sharedSums, accBits: Math.max(signedBits(widths.dot), termBits(simd, actBits, signed)), sumBits: 1 };
  }
  const bits = (format: IntFormat): number => (signed ? signedBits(format) : format.bits);
  const least = actBits + 1;
  return { sharedSums, accBits: Math.max(bits(widths.selected), least), sumBits: Math.max(bits(widths.sum), least) };
}

/** Ways in which the lanes may be added up: adders first, then tables, then shared sums; the fold may say one. */
function possibleSums(node: WeightedNode, fold: LayerFold): Sums[] {
  const apart = sumWidths(node, fold.simd, false);
  const lanes = fold.tableLanes === undefined ? possibleTableLanes(node, fold) : [fold.tableLanes];
  const unshared = fold.sharedSums === true ? [] : lanes.map((tableLanes) => ({ tableLanes, ...apart }));
  const shared = fold.sharedSums !== false && maySumsBeShared(node, fold);
  return shared ? [...unshared, { tableLanes: 0, ...sumWidths(node, fold.simd, true) }] : unshared;
}

/** The way that the fold says, else that with which the engine takes least. */
export function chosenSums(shape: Engine): Sums {
  const area = (sums: Sums): number =>
    placedEngine({ ...shape, ...sums }).reduce((sum, unit) => sum + areaOf(unitCost(unit)), 0);
  const [first, ...others] = possibleSums(shape.node, shape.fold);
  let best = { sums: first!, area: others.length === 0 ? 0 : area(first!) };
  for (const sums of others) {
    const own = area(sums);
    if (own < best.area) best = { sums, area: own };
  }
  return best.sums;
}

/** The engine, with its tables or its array of dot products. */
export function placedEngine(
  { node, fold, groups, steps, accBits, sumBits, tableLanes, sharedSums }: Engine & Sums,
  { wordCycles, rowsPerWord, rows }: WordShape = wordShape(node, fold),
): PlacedUnit[] {
  const { pe, simd } = fold;
  const { bits: actBits, signed } = node.inputTensor.format;
  const planes = node.planes.length;
  const engine = place(ENGINE, {
    ...{ actBits, simd, pe, groups, steps, planes, accBits, sumBits, sums: convGroups(node) },
    ...{ wordCycles, rowsPerWord, rows, tableLanes, sharedSums, treeLevels: treeLevelsOf(fold) },
  });
  const channels = planes * pe;
  const treeLevels = treeLevelsOf(fold);
  if (sharedSums) return [engine, place(DOT_ARRAY, { actBits, signed, simd, channels, groups, accBits })];
  return tableLanes === 0
    ? [engine]
    : [engine, place(LANE_TABLES, { actBits, simd, tableLanes, channels, treeLevels })];
}
