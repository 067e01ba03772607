/**
 * The weight memories of a design beside those of a plain 1-bit network with the same fold: bits that the weights need, bits
 * that the memory words hold, reads, and what they become on UltraScale+ by the rule of Yosys (rtl/cost/memory.ts).
 */
import type { IntNetwork } from '../../fixed/types.js';
import { memoryShape, type MemoryShape } from '../../rtl/cost/memory.js';
import { outputPixels, weightedNodes, type WeightedNode } from '../../rtl/fold.js';
import { isLoadable } from '../../rtl/load.js';
import type { Fold, LayerFold } from '../../rtl/types.js';
import { wordShape } from '../../rtl/weight-memory.js';
import { plainTwin } from '../area/plain.js';
import { twoPortBram18 } from './two-ports.js';

/** Bits of a block RAM of 18 kbit, parity included. */
const BRAM18_BITS = 18_432;

export interface MemoryUse {
  /** What the weights are made of: encrypted bits, or one a weight and plane. All banks together, as storedBits. */
  readonly idealBits: number;
  /** Width and number of the words of a bank. */
  readonly wordBits: number;
  readonly words: number;
  readonly storedBits: number;
  readonly readsPerFrame: number;
  readonly made: MemoryShape['made'];
  readonly bram18: number;
  /** idealBits / bits of the block RAMs; null where there are none. */
  readonly packing: number | null;
}

export interface LayerMemories {
  readonly name: string;
  readonly flexor: MemoryUse;
  readonly plain: MemoryUse;
}

function memoryUse(node: WeightedNode, fold: LayerFold, banks: number): MemoryUse {
  const { words, wordBits } = wordShape(node, fold);
  const shape = memoryShape(banks === 1 ? 'rom' : 'ram', wordBits, banks * words);
  const { made } = shape;
  const bram18 = banks === 1 || made !== 'block' ? shape.bram18 : twoPortBram18(wordBits, banks * words);
  const idealBits = banks * node.planes.reduce((sum, plane) => sum + plane.encrypted.length, 0);
  return {
    ...{ idealBits, wordBits, words, made, bram18 },
    storedBits: banks * words * wordBits,
    readsPerFrame: words * outputPixels(node),
    packing: bram18 === 0 ? null : idealBits / (bram18 * BRAM18_BITS),
  };
}

/** Per weighted layer. The fold must name each. */
export function memoryFigures(network: IntNetwork, fold: Fold): LayerMemories[] {
  const banks = isLoadable(network) ? 2 : 1;
  const plain = new Map(weightedNodes(plainTwin(network)).map((node) => [node.name, node]));
  return weightedNodes(network).map((node) => ({
    name: node.name,
    flexor: memoryUse(node, fold[node.name]!, banks),
    plain: memoryUse(plain.get(node.name)!, fold[node.name]!, banks),
  }));
}

/** All layers together; words, and what they are made of, differ from layer to layer. */
export function totalUse(uses: readonly MemoryUse[]): Omit<MemoryUse, 'wordBits' | 'words' | 'made'> {
  const sum = (key: 'idealBits' | 'storedBits' | 'readsPerFrame' | 'bram18'): number =>
    uses.reduce((total, use) => total + use[key], 0);
  const inBlocks = uses.filter(({ bram18 }) => bram18 > 0).reduce((total, { idealBits }) => total + idealBits, 0);
  const bram18 = sum('bram18');
  return {
    idealBits: sum('idealBits'),
    storedBits: sum('storedBits'),
    readsPerFrame: sum('readsPerFrame'),
    bram18,
    packing: bram18 === 0 ? null : inBlocks / (bram18 * BRAM18_BITS),
  };
}
