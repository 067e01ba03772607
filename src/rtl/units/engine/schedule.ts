/**
 * Pipeline stages of an engine (hw/flexor_engine.v): memory word, a register behind or in front of the XOR circuits where there is one,
 * and weight bits; those of several lanes have lane sums behind them, with a register behind every `treeLevels` levels of
 * adders (hw/flexor_mac_array.v). Where lanes share tables, their 2^lanes entries are filled first, in as many moves, and
 * adders join the tables (hw/flexor_lane_tables.v); words are then wanted a move earlier rather than tables read a move later.
 * Where channels share sums, a register is behind every three lanes and behind every level of adders that join these
 * (hw/flexor_dot_array.v); up to two lanes have none.
 */
import { joiningLevels } from '../../shared-sums.js';
import { loadStage, treeLevelsOf } from '../../pipeline.js';
import type { LayerFold } from '../../types.js';
import { addedInBlocks, BLOCK_LANES } from './blocks.js';

/** What the stages of an engine follow from. */
export interface EngineLanes {
  readonly fold: LayerFold;
  /** Lanes that share a table; 0: none. */
  readonly tableLanes: number;
  readonly sharedSums: boolean;
  readonly holdsWords: boolean;
  readonly actBits: number;
}

export function engineStages(lanes: EngineLanes): number {
  const { fold, tableLanes, sharedSums, holdsWords } = lanes;
  if (tableLanes === 0) return 2 + loadStage(fold, holdsWords) + (sharedSums ? sharedStages(fold) : laneStages(lanes));
  return 2 ** tableLanes + 2 + Math.max(1, treeStages(Math.ceil(fold.simd / tableLanes), treeLevelsOf(fold)));
}

/** Registers from lanes by threes to their dot product. */
function sharedStages({ simd }: LayerFold): number {
  return simd <= 2 ? 0 : 1 + joiningLevels(simd);
}

/** Registers from the lanes to their sum. */
function laneStages({ fold, actBits }: EngineLanes): number {
  const { simd } = fold;
  const levels = treeLevelsOf(fold);
  if (!addedInBlocks(simd, actBits)) return treeStages(simd, levels);
  // Behind the counters of a block, and behind its sum, which is that of all lanes where there is one block.
  const blocks = Math.ceil(simd / BLOCK_LANES);
  return 2 + treeStages(blocks, levels);
}

/** A register behind every so many levels of adders, counted from the sum, which has one too. */
function treeStages(terms: number, treeLevels: number): number {
  return Math.ceil(Math.ceil(Math.log2(terms)) / treeLevels);
}
