/**
 * What adds up the lanes of an engine: adders behind ANDs, or tables of partial sums, whichever the cost model finds smaller;
 * and the switching from which its energy is counted.
 */
import { convGroups } from '../../lanes.js';
import { areaOf, unitCost } from '../../cost/unit-cost.js';
import { ENGINE } from '../../units/engine/cost.js';
import { LANE_TABLES } from '../../units/lane-tables/cost.js';
import { possibleTableLanes } from '../../units/lane-tables/lanes.js';
import { place, type PlacedUnit } from '../../units/types.js';
import { wordShape, type WordShape } from '../../weight-memory.js';
import type { WeightedShape } from '../types.js';

export { macActivity, type MacActivity } from '../../units/engine/activity.js';
export { rowCounters } from '../../units/engine/cost.js';
export { laneRegisters, loadRegisters } from '../../units/engine/registers.js';

type Engine = Pick<WeightedShape, 'node' | 'fold' | 'groups' | 'steps' | 'accBits' | 'sumBits' | 'tableLanes'>;

/** Lanes a table; 0: no tables. What the fold says, else the number with which engine and tables take least. */
export function chosenTableLanes(shape: Omit<Engine, 'tableLanes'>): number {
  const { node, fold } = shape;
  if (fold.tableLanes !== undefined) return fold.tableLanes;
  const areas = possibleTableLanes(node, fold).map((tableLanes) => ({
    tableLanes,
    area: placedEngine({ ...shape, tableLanes }).reduce((sum, unit) => sum + areaOf(unitCost(unit)), 0),
  }));
  return areas.reduce((best, other) => (other.area < best.area ? other : best)).tableLanes;
}

/** The engine, and its tables. */
export function placedEngine(
  { node, fold, groups, steps, accBits, sumBits, tableLanes }: Engine,
  { wordCycles, rowsPerWord, rows }: WordShape = wordShape(node, fold),
): PlacedUnit[] {
  const { pe, simd } = fold;
  const actBits = node.inputTensor.format.bits;
  const planes = node.planes.length;
  const engine = place(ENGINE, {
    ...{ actBits, simd, pe, groups, steps, planes, accBits, sumBits, sums: convGroups(node) },
    ...{ wordCycles, rowsPerWord, rows, tableLanes },
  });
  return tableLanes === 0
    ? [engine]
    : [engine, place(LANE_TABLES, { actBits, simd, tableLanes, channels: planes * pe })];
}
