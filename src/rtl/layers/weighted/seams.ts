/**
 * What a layer takes less than its units apart: synthesis of a flattened layer works across their boundaries. Amounts are fitted
 * to whole layers of networks with random weights (bench/cost/networks.js).
 */
import { memoryShape } from '../../cost/memory.js';
import { sourceUnit } from '../../units/index.js';
import type { Amounts } from '../../units/types.js';
import { wordShape } from '../../weight-memory.js';
import { groupBits, type WeightedShape } from '../types.js';

export function weightedSeams(layer: WeightedShape): Amounts {
  const { node, fold, feed, weights, widths, groupFifoDepth } = layer;
  const width = groupBits(layer);
  const waiting = groupFifoDepth > 0 && memoryShape('array', width, groupFifoDepth).made === 'block';
  return {
    'waiting groups': waiting ? width : 0,
    // 2P − Σa in front of the multipliers; thresholds know it themselves.
    'no subtraction':
      layer.sharedSums && layer.thresholds === null ? widths.output * node.planes.length * layer.dotBits : 0,
    ...sourceUnit(weights).seams(wordShape(node, fold)),
    ...feed.seams(layer),
  };
}
