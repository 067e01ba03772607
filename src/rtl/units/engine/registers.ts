/** Registers of an engine's pipeline: over the lanes, and behind the XOR circuits. */
import { counterBits } from '../../cost/counter.js';
import { loadStage, registerOf, treeLevelsOf } from '../../pipeline.js';
import type { LayerFold } from '../../types.js';
import { addedInBlocks, BLOCK_LANES } from './blocks.js';
import { engineStages } from './schedule.js';

/** What the registers of an engine follow from. */
export interface EngineShape {
  readonly fold: LayerFold;
  /** Lanes that share a table; 0: none. */
  readonly tableLanes: number;
  /** Registers over the lanes are always the same then. */
  readonly sharedSums: boolean;
  readonly holdsWords: boolean;
  readonly actBits: number;
  /** Planes times PE. */
  readonly channels: number;
  readonly groups: number;
  /** Bits of a decrypted word, and cycles that it lasts. */
  readonly wordBits: number;
  readonly wordCycles: number;
}

function log2(n: number): number {
  return Math.ceil(Math.log2(n));
}

/** Bits of the registers inside a balanced tree, behind every so many levels: of terms, and of sums. */
function treeBits(count: number, bits: number, treeLevels: number): { terms: number; sums: number } {
  const levels = log2(count);
  let [terms, sums] = [0, 0];
  for (let node = 2; node < 2 * count; node++) {
    const depth = log2(node + 1) - 1;
    if (depth >= levels || depth % treeLevels !== 0) continue;
    if (node < count) sums += bits + levels - depth;
    else terms += bits;
  }
  return { terms, sums };
}

/** Flip-flops over the lanes, and of what goes beside them through all stages. */
export function laneRegisters(engine: EngineShape): number {
  const { fold, tableLanes, sharedSums, actBits, channels, groups } = engine;
  if (sharedSums) return 0;
  const { simd } = fold;
  const blocked = tableLanes === 0 && addedInBlocks(simd, actBits);
  const lanes = tableLanes > 0 ? tableLanes : blocked ? Math.min(simd, BLOCK_LANES) : 1;
  const tree = treeBits(Math.ceil(simd / lanes), actBits + log2(lanes), treeLevelsOf(fold));
  // All channels have the same activations as terms, but blocks and tables of their own.
  const own = lanes > 1 ? channels + 1 : 1;
  const stages = engineStages(engine);
  return (channels + 1) * tree.sums + own * tree.terms + stages * (counterBits(groups) + 3);
}

/** Flip-flops of a word as it comes, or of the number of its cycle where it is held, and its activations beside it. */
export function loadRegisters({ fold, tableLanes, holdsWords, actBits, wordBits, wordCycles }: EngineShape): number {
  const activations = tableLanes > 0 ? 0 : fold.simd * actBits;
  const cycle = holdsWords && wordCycles > 1 ? 2 * counterBits(wordCycles) : 0;
  return loadStage(fold, holdsWords) * (activations + 1) + registerOf(fold, 'load') * wordBits + cycle;
}
