/** How many lanes of a fold may share a table of their partial sums (hw/flexor_lane_tables.v). */
import { convGroups, type WeightedNode } from '../../lanes.js';
import type { LayerFold } from '../../types.js';

/** Lanes that a table may have. */
const SIZES = [2, 3, 4];

/**
 * The numbers of lanes that a table may have, 0 first: without tables. A table has 2^lanes entries, one is filled in a cycle,
 * and the tables of the next vector are filled while those of the present one are read: for C_out/groups/PE cycles.
 */
export function possibleTableLanes(node: WeightedNode, { pe, simd }: LayerFold): readonly number[] {
  const held = node.outChannels / convGroups(node) / pe;
  return [0, ...SIZES.filter((lanes) => lanes <= simd && 2 ** lanes <= held)];
}

/** The rule that the fold's own number of lanes breaks; null where it says none or may have it. */
export function tableLanesRule(node: WeightedNode, fold: LayerFold): string | null {
  const { tableLanes } = fold;
  const possible = possibleTableLanes(node, fold);
  if (tableLanes === undefined || possible.includes(tableLanes)) return null;
  return (
    `tableLanes must be 0, or 2 to 4 of the SIMD lanes where a vector is held for 2^tableLanes cycles or more ` +
    `(C_out/groups/PE); PE ${fold.pe} and SIMD ${fold.simd} leave ${possible.join(', ')}, got ${tableLanes}`
  );
}

/** Tables of a fold with so many lanes in each. */
export function tableCount(simd: number, lanes: number): number {
  return Math.ceil(simd / lanes);
}
