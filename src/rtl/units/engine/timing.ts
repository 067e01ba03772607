/** The paths of an engine: its enable, which what it waits for takes from all of its registers at once, its adders, its accumulators. */
import { chain, luts, lutRam, path } from '../../timing/path.js';
import { DEFAULT_TREE_LEVELS } from '../../pipeline.js';
import type { TimingPath } from '../types.js';
import { addedInBlocks } from './blocks.js';
import type { EngineParameters } from './parameters.js';

/** Inputs on the nets that say a word or a result is there: those of the rows or groups behind. */
const [WORD_LOADS, STALL_LOADS] = [64, 16];

/** Registers that move with the enable. */
function loads({ simd, actBits, planes, pe, accBits, wordCycles, tableLanes = 0 }: EngineParameters): number {
  const channels = planes * pe;
  const activations = (tableLanes > 0 ? 1 : 2) * simd * actBits;
  return activations + channels * (accBits + wordCycles * simd) + accBits;
}

/** From what an engine waits for to all that stands still with it; `windowTiming` goes on from there. */
export function enableSteps(unit: EngineParameters) {
  return [luts(1, WORD_LOADS), luts(1, STALL_LOADS), luts(1, loads(unit))];
}

export function engineTiming(unit: EngineParameters): TimingPath[] {
  const { simd, actBits, planes, pe, accBits, groups, wordCycles, tableLanes = 0 } = unit;
  const treeLevels = unit.treeLevels ?? DEFAULT_TREE_LEVELS;
  const channels = planes * pe;
  const module = 'flexor_mac_array';
  const old = groups > 1 ? lutRam(channels * accBits) : luts(1, channels * accBits);
  const paths = [
    path('enable of the engine', { module, fanOut: planes * simd * wordCycles * pe }, enableSteps(unit)),
    path('accumulators', { module }, [old, chain(accBits)]),
  ];
  if (tableLanes > 0 || simd === 1) return paths;
  const levels = Math.min(treeLevels, Math.ceil(Math.log2(simd)));
  if (addedInBlocks(simd, actBits)) {
    return [...paths, path('counted lanes', { module }, [luts(4, 8), ...repeated(actBits - 1, actBits + 4)])];
  }
  const sums = Array.from({ length: levels }, (_, i) => chain(actBits + i + 1, i === 0 ? channels + 1 : 2));
  return [...paths, path('sums over the lanes', { module }, sums)];
}

function repeated(adders: number, bits: number) {
  return Array.from({ length: adders }, () => chain(bits));
}
