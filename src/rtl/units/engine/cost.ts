/** What an engine costs with its MAC array, without weight source and decryptors. */
import { counterBits } from '../../cost/counter.js';
import { memoryShape, muxLuts } from '../../cost/memory.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { Features, HardwareUnit, PlacedUnit } from '../types.js';
import { addedInBlocks, BLOCK_LANES } from './blocks.js';
import { COEFFICIENTS } from './coefficients.js';
import type { EngineParameters } from './parameters.js';
import { engineTiming } from './timing.js';

export type { EngineParameters } from './parameters.js';

/** Bits of the adders of a balanced tree that adds `count` terms of `bits`: those over the terms, and those above. */
function treeBits(count: number, bits: number): { masked: number; plain: number } {
  const levels = Math.ceil(Math.log2(count));
  let [masked, plain] = [0, 0];
  for (let node = 1; node < count; node++) {
    const width = bits + levels - (Math.ceil(Math.log2(node + 2)) - 1);
    if (2 * node + 1 >= count) masked += width;
    else plain += width;
  }
  return { masked, plain };
}

/** The tree over the lanes: bits of adders over terms and above them, and LUTs of blocks in place of the lowest ones. */
function laneTree(simd: number, bits: number): { masked: number; plain: number; blocks: number } {
  if (!addedInBlocks(simd, bits)) return { ...treeBits(simd, bits), blocks: 0 };
  const lanes = Math.min(BLOCK_LANES, 2 ** Math.ceil(Math.log2(simd)));
  const leaves = Math.ceil(simd / lanes);
  const leafBits = bits + Math.log2(lanes);
  let blocks = 0;
  for (let first = 0; first < simd; first += lanes) {
    const terms = Math.min(lanes, simd - first);
    // Two LUTs for three terms, two counters and their sum; planes are added to one another.
    blocks += bits * (2 * Math.floor(terms / 3) + (terms > BLOCK_LANES / 2 ? 10 : 6)) + (bits - 1) * leafBits;
  }
  const above = treeBits(leaves, leafBits);
  return { masked: 0, plain: above.masked + above.plain, blocks };
}

function indexBits(n: number): number {
  return n > 1 ? counterBits(n) : 0;
}

/** Bits of the counters that ask for the rows of a word and for the words of a pixel. */
function rowCounterBits({ rowsPerWord, rows }: Pick<EngineParameters, 'rowsPerWord' | 'rows'>): number {
  return indexBits(rowsPerWord) + indexBits(rows);
}

/** What of an engine's cost depends on the rows of its memory. */
export function rowCounters(memory: Pick<EngineParameters, 'rowsPerWord' | 'rows'>): PlacedUnit {
  const counters = rowCounterBits(memory);
  const features = { luts: { counters }, flipFlops: { counters }, ...NO_STORAGE };
  return { kind: ENGINE.kind, coefficients: COEFFICIENTS, copies: 1, features, paths: () => [] };
}

/** Of lanes that share tables. */
const NO_TREE = { masked: 0, plain: 0, blocks: 0 } as const;

/** Bits of a sum over the lanes, as the tree that makes it gives it. */
function sumBitsOf(simd: number, actBits: number, tableLanes: number): number {
  const levels = (terms: number): number => Math.ceil(Math.log2(terms));
  if (tableLanes === 0) return actBits + levels(simd);
  return actBits + levels(tableLanes) + levels(Math.ceil(simd / tableLanes));
}

/** Of an engine without a MAC array. */
function control(counters: number, unit: EngineParameters): Features {
  return {
    luts: { unit: 1, counters },
    flipFlops: { unit: 1, counters, activations: unit.simd * unit.actBits, groups: 2 * indexBits(unit.groups) },
    ...NO_STORAGE,
  };
}

export const ENGINE: HardwareUnit<EngineParameters> = {
  kind: 'engine',
  module: 'flexor_engine',
  parts: { flexor_engine: 'control', flexor_mac_array: 'macArray' },
  coefficients: COEFFICIENTS,
  paths: engineTiming,
  features(unit) {
    const { actBits, simd, pe, groups, steps, planes, accBits, sumBits, wordCycles } = unit;
    const sums = unit.sums ?? 1;
    const tableLanes = unit.tableLanes ?? 0;
    // Tables are filled ahead, which has a count of its own.
    const ahead = tableLanes > 0 ? indexBits(groups / sums) : 0;
    const counters = indexBits(groups) + indexBits(steps) + indexBits(wordCycles) + rowCounterBits(unit) + ahead;
    if (unit.sharedSums === true) return control(counters, unit);
    const channels = planes * pe;
    const accWord = channels * accBits;
    const tree = tableLanes > 0 ? NO_TREE : laneTree(simd, actBits);
    const laneBits = simd > 1 ? sumBitsOf(simd, actBits, tableLanes) : 0;
    const { made, banks, lutRams, bram18 } = memoryShape('array', accWord, groups);
    const registers = made === 'logic';
    const sumMemory = memoryShape('array', sumBits, sums);
    const sumRegisters = sumMemory.made === 'logic';
    // Of the group whose sum it is, and of its channels; a memory has its address registered again.
    const sumCounters = sums > 1 ? indexBits(sums) + indexBits(groups / sums) : 0;
    return {
      luts: {
        unit: 1,
        counters,
        'masked adders': channels * tree.masked,
        'plain adders': channels * tree.plain + tree.masked + tree.plain,
        blocks: (channels + 1) * tree.blocks,
        accumulators: accWord,
        'one lane': simd > 1 ? 0 : accWord,
        sum: sumBits,
        'sum counters': sumCounters,
        'read multiplexer':
          accWord * muxLuts(registers ? groups : banks) + (sums > 1 && sumRegisters ? sumBits * muxLuts(sums) : 0),
        bypass: made === 'block' ? accWord : 0,
      },
      flipFlops: {
        unit: 1,
        counters,
        // Two pipeline stages with the activations and the number of the group, three where lanes are added up.
        activations: tableLanes > 0 ? 0 : 2 * simd * actBits,
        groups: (simd > 1 ? 3 : 2) * indexBits(groups),
        lanes: (channels + 1) * laneBits,
        'lane control': simd > 1 ? 1 : 0,
        sum: sumRegisters ? sumBits * sums : 0,
        'sum counters': sumCounters + (sumRegisters ? 0 : indexBits(sums)),
        accumulators: registers ? accWord * groups : 0,
        address: registers ? 0 : indexBits(groups),
        bypass: made === 'block' ? accWord : 0,
      },
      lutRams: lutRams + sumMemory.lutRams,
      bram18: bram18 + sumMemory.bram18,
      multipliers: 0,
      memoryBits: accWord * groups + (sums > 1 ? sumBits * sums : 0),
    };
  },
};
