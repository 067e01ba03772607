/** Bits of a layer's weights: in the model, in the generated memories, and in those of a plain 1-bit network. */
import { invariant } from '../../base/errors.js';
import type { Design } from '../../rtl/design.js';
import { weightedNodes } from '../../rtl/lanes.js';
import type { LayerInfo } from '../../rtl/types.js';
import { sourceOf, wordShape } from '../../rtl/weight-memory.js';
import { plainLayerFold, plainNetwork } from './plain.js';
import { sourceUnit } from '../../rtl/units/index.js';
import type { WeightBits } from './types.js';

/** Null for a layer without weights. */
export function weightBits(
  { network, fold }: Pick<Design, 'network' | 'fold'>,
  name: string,
  weighted: LayerInfo['weighted'],
): WeightBits | null {
  if (weighted === null) return null;
  const node = weightedNodes(plainNetwork(network)).find((each) => each.name === name);
  invariant(node !== undefined, `layer ${name} is not in the network`);
  const plain = plainLayerFold(node, fold[name]!);
  const { rows, rowBits } = wordShape(node, plain);
  const { weightBits, encryptedBits, storedBits } = weighted;
  return { weightBits, encryptedBits, storedBits, plainStoredBits: sourceUnit(sourceOf(plain)).banks * rows * rowBits };
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
