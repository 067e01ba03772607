/** Sums over the weighted layers. */
import { totalWeights } from '../area/weight-bits.js';
import type { LayerPrice, FlexorAndPlain, TargetPrice, TotalPrice } from './types.js';

export function totalOf(layers: readonly LayerPrice[], targets: readonly TargetPrice[]): TotalPrice {
  const sum = (of: (layer: LayerPrice) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const pair = (of: (layer: LayerPrice) => FlexorAndPlain): FlexorAndPlain => ({
    flexor: sum((layer) => of(layer).flexor),
    plain: sum((layer) => of(layer).plain),
  });
  return {
    weights: totalWeights(layers),
    savedBits: sum(({ savedBits }) => savedBits),
    decryptor: {
      copies: sum(({ decryptor }) => decryptor.copies),
      xorGates: sum(({ decryptor }) => decryptor.xorGates),
      naiveXorGates: sum(({ decryptor }) => decryptor.naiveXorGates),
      depth: Math.max(...layers.map(({ decryptor }) => decryptor.depth)),
      registerBits: pair(({ decryptor }) => decryptor.registerBits),
    },
    traffic: { reads: pair(({ traffic }) => traffic.reads), bitsRead: pair(({ traffic }) => traffic.bitsRead) },
    targets,
    energy: {
      memory: pair(({ energy }) => energy.memory),
      decryptor: pair(({ energy }) => energy.decryptor),
      weights: pair(({ energy }) => energy.weights),
      macArray: layers.some(({ energy }) => energy.macArray === null) ? null : sum(({ energy }) => energy.macArray!),
      breakEvenWeights: null,
    },
  };
}
