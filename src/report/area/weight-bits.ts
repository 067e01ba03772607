/** Bits of a layer's weights: in the model, in the generated memories, and in those of a plain 1-bit network. */
import { invariant } from '../../base/errors.js';
import type { IntNetwork } from '../../fixed/types.js';
import { weightedNodes } from '../../rtl/fold.js';
import type { LayerInfo } from '../../rtl/types.js';
import { banksOf, wordShape } from '../../rtl/weight-memory.js';
import { plainLayerFold, plainTwin } from './plain.js';
import type { WeightBits } from './types.js';

/** Null for a layer without weights. */
export function weightBits(network: IntNetwork, name: string, weighted: LayerInfo['weighted']): WeightBits | null {
  if (weighted === null) return null;
  const node = weightedNodes(plainTwin(network)).find((each) => each.name === name);
  invariant(node !== undefined, `layer ${name} is not in the network`);
  const { rows, rowBits } = wordShape(node, plainLayerFold(node, weighted));
  const { weightBits, encryptedBits, storedBits } = weighted;
  return { weightBits, encryptedBits, storedBits, plainStoredBits: banksOf(node) * rows * rowBits };
}

/** Sums; layers without weights add nothing. */
export function totalWeights(layers: readonly { readonly weights: WeightBits | null }[]): WeightBits {
  const sum = (key: keyof WeightBits): number =>
    layers.reduce((total, { weights }) => total + (weights?.[key] ?? 0), 0);
  return {
    weightBits: sum('weightBits'),
    encryptedBits: sum('encryptedBits'),
    storedBits: sum('storedBits'),
    plainStoredBits: sum('plainStoredBits'),
  };
}
