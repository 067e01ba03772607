/** The paths of tables of lanes: filling an entry, and what a channel reads, added up to the next register. */
import { DEFAULT_TREE_LEVELS } from '../../pipeline.js';
import { chain, lutRam, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { entryBits, type LaneTableParameters } from './parameters.js';
import { tableCount } from './lanes.js';

export function laneTableTiming(unit: LaneTableParameters): TimingPath[] {
  const module = 'flexor_lane_tables';
  const bits = entryBits(unit);
  const levels = Math.ceil(Math.log2(tableCount(unit.simd, unit.tableLanes)));
  const added = Math.min(unit.treeLevels ?? DEFAULT_TREE_LEVELS, levels);
  const sums = Array.from({ length: added }, (_, i) => chain(bits + i));
  return [
    path('entries of tables', { module, fanOut: unit.channels }, [chain(bits, 2)]),
    path('sums of tables', { module }, [lutRam(8), ...sums]),
  ];
}
