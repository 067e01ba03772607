/** What tables of partial sums cost: filling them, their memories, and the adders that join what a channel reads. */
import { memoryShape } from '../../cost/memory.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import { entryBits, type LaneTableParameters } from './parameters.js';
import { laneTableTiming } from './timing.js';
import { tableCount } from './lanes.js';

export type { LaneTableParameters } from './parameters.js';

/** Bits of the adders of a balanced tree over so many tables, and of the registers behind every two levels of them. */
function joiningBits(tables: number, bits: number): { adders: number; registers: number } {
  const levels = Math.ceil(Math.log2(tables));
  let [adders, registers] = [0, 0];
  for (let node = 2; node < 2 * tables; node++) {
    const depth = Math.ceil(Math.log2(node + 1)) - 1;
    // A node that is no leaf adds numbers a bit narrower than its sum; the root is counted below.
    if (node < tables) adders += bits + levels - depth - 1;
    if (depth > 0 && depth < levels && depth % 2 === 0) registers += bits + levels - depth;
  }
  return { adders: tables > 1 ? adders + bits + levels - 1 : 0, registers };
}

export const LANE_TABLES: HardwareUnit<LaneTableParameters> = {
  kind: 'laneTables',
  module: 'flexor_lane_tables',
  parts: { flexor_lane_tables: 'macArray' },
  coefficients: COEFFICIENTS,
  paths: laneTableTiming,
  features(unit) {
    const { actBits, simd, tableLanes, channels } = unit;
    const tables = tableCount(simd, tableLanes);
    const bits = entryBits(unit);
    const joining = joiningBits(tables, bits);
    const depth = 2 * 2 ** tableLanes;
    const memory = memoryShape('array', bits, depth);
    const memories = tables * channels;
    const totalBits = bits + Math.ceil(Math.log2(tables));
    return {
      luts: {
        unit: 1,
        lanes: tables * actBits,
        filling: tables * bits,
        joining: (channels + 1) * joining.adders,
      },
      flipFlops: {
        unit: 1,
        activations: simd * actBits + tables * actBits,
        filling: tables * bits,
        joining: (channels + 1) * joining.registers,
        total: totalBits,
      },
      lutRams: memories * memory.lutRams,
      bram18: 0,
      multipliers: 0,
      memoryBits: memories * bits * depth,
    };
  },
};
