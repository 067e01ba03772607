/**
 * What a layer takes less than its units apart: synthesis of a flattened layer works across their boundaries. Amounts are fitted
 * to whole layers of networks with random weights (bench/cost/networks.js).
 */
import type { Amounts } from './features.js';
import type { LayerShape } from './layer-units.js';
import { memoryShape, muxLuts } from './memory.js';
import { wordShape } from '../weight-memory.js';

export function seamFeatures(layer: LayerShape): Amounts {
  if (layer.kind !== 'weighted') return {};
  const { node, fold, feed, window, accBits, sumBits, groupFifoDepth } = layer;
  const width = sumBits + node.planes.length * fold.pe * accBits;
  const waiting = groupFifoDepth > 0 && memoryShape('array', width, groupFifoDepth).made === 'block';
  const { rows, rowBits } = wordShape(node, fold);
  const taps = feed.kind === 'banked' && feed.tapLanes ? fold.simd / feed.blocks : 0;
  return {
    'waiting groups': waiting ? width : 0,
    'word multiplexer': layer.weights === 'rom' ? rowBits * muxLuts(memoryShape('rom', rowBits, rows).banks) : 0,
    'tap lanes': taps * node.inputTensor.format.bits * muxLuts(window?.rows ?? 0),
  };
}
