/**
 * The weight memories of a design beside those of a plain 1-bit network with the same fold: bits that the weights need, bits
 * that the memory words hold, reads, and what they become on UltraScale+ by the rule of Yosys (rtl/cost/memory.ts).
 */
import type { Design } from '../../rtl/design.js';
import { outputPixels, weightedNodes, type WeightedNode } from '../../rtl/lanes.js';
import type { LayerFold } from '../../rtl/types.js';
import { sourceUnit } from '../../rtl/units/index.js';
import type { MadeOf } from '../../rtl/units/source.js';
import { sourceOf, wordShape } from '../../rtl/weight-memory.js';
import { plainLayerFold, plainNetwork } from '../area/plain.js';

/** Bits of a block RAM of 18 kbit, parity included. */
const BRAM18_BITS = 18_432;

export interface MemoryUse {
  /** What the weights are made of: encrypted bits, or one a weight and plane. All banks together, as storedBits. */
  readonly idealBits: number;
  /** Width and number of the rows of a bank, or of the beats of a pass. */
  readonly rowBits: number;
  readonly rows: number;
  readonly storedBits: number;
  readonly readsPerFrame: number;
  readonly bitsPerFrame: number;
  readonly made: MadeOf['made'];
  readonly bram18: number;
  /** idealBits / bits of the block RAMs; null where there are none. */
  readonly packing: number | null;
}

export interface LayerMemories {
  readonly name: string;
  readonly flexor: MemoryUse;
  readonly plain: MemoryUse;
}

function memoryUse(node: WeightedNode, fold: LayerFold): MemoryUse {
  const shape = wordShape(node, fold);
  const { rows, rowBits } = shape;
  const source = sourceUnit(sourceOf(fold));
  const { banks } = source;
  const { made, bram18 } = source.made(shape);
  const idealBits = banks * node.planes.reduce((sum, plane) => sum + plane.encrypted.length, 0);
  return {
    ...{ idealBits, rowBits, rows, made, bram18 },
    storedBits: banks * rows * rowBits,
    readsPerFrame: rows * outputPixels(node),
    bitsPerFrame: rows * rowBits * outputPixels(node),
    packing: bram18 === 0 ? null : idealBits / (bram18 * BRAM18_BITS),
  };
}

/** Per weighted layer. */
export function memoryFigures({ network, fold }: Pick<Design, 'network' | 'fold'>): LayerMemories[] {
  const plain = new Map(
    weightedNodes(plainNetwork(network)).map((node) => [
      node.name,
      memoryUse(node, plainLayerFold(node, fold[node.name]!)),
    ]),
  );
  return weightedNodes(network).map((node) => ({
    name: node.name,
    flexor: memoryUse(node, fold[node.name]!),
    plain: plain.get(node.name)!,
  }));
}

/** All layers together; words, and what they are made of, differ from layer to layer. */
export type MemoryTotal = Omit<MemoryUse, 'rowBits' | 'rows' | 'made'>;

export function totalUse(uses: readonly MemoryUse[]): MemoryTotal {
  const sum = (key: 'idealBits' | 'storedBits' | 'readsPerFrame' | 'bitsPerFrame' | 'bram18'): number =>
    uses.reduce((total, use) => total + use[key], 0);
  const inBlocks = uses.filter(({ bram18 }) => bram18 > 0).reduce((total, { idealBits }) => total + idealBits, 0);
  const bram18 = sum('bram18');
  return {
    idealBits: sum('idealBits'),
    storedBits: sum('storedBits'),
    readsPerFrame: sum('readsPerFrame'),
    bitsPerFrame: sum('bitsPerFrame'),
    bram18,
    packing: bram18 === 0 ? null : inBlocks / (bram18 * BRAM18_BITS),
  };
}
