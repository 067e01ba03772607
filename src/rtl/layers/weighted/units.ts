/** The units of a convolution or dense layer: what they cost, and the switching from which their energy is counted. */
import { windowSteps, type WeightedNode } from '../../lanes.js';
import { isDefaultPipeline } from '../../pipeline.js';
import type { LayerFold, WeightSource } from '../../types.js';
import { fifo, streamFifo } from '../../units/fifos.js';
import { sourceUnit } from '../../units/index.js';
import { NARROW } from '../../units/narrow/cost.js';
import { place, type PlacedUnit } from '../../units/types.js';
import { wordShape, type WordShape } from '../../weight-memory.js';
import { groupBits, type WeightedShape } from '../types.js';
import { holdsWords, placedDecryptors } from './decryptors.js';
import { chosenSums, placedEngine, rowCounters } from './lane-sums.js';
import { pipelineUnit } from './pipeline.js';
import { placedScaling } from './scaling.js';

export { registerBits, streamActivity, type StreamActivity } from './decryptors.js';
export { macActivity, type MacActivity } from './lane-sums.js';

export function weightedUnits(layer: WeightedShape): PlacedUnit[] {
  const { node, fold, feed, weights, widths, groupFifoDepth } = layer;
  const shape = wordShape(node, fold);
  return [
    ...feed.placed(layer),
    ...placedEngine(layer),
    ...sourceUnit(weights).placed(shape),
    ...placedDecryptors(layer, shape),
    // The sum beside dot products is a constant, for which no place is kept.
    ...(groupFifoDepth > 0 ? [fifo(groupBits(layer) - Number(layer.sharedSums), groupFifoDepth)] : []),
    ...residualUnits(layer),
    placedScaling(layer),
    ...(isDefaultPipeline(fold) && !layer.holdsWords ? [] : [pipelineUnit(layer)]),
    streamFifo(widths.output * node.outputTensor.format.bits),
  ];
}

/** What PE and SIMD bring, whatever rows a word and widths of streams there are: the engine without its counters of rows. */
export function laneUnits(node: WeightedNode, fold: LayerFold): PlacedUnit[] {
  const shape = { ...wordShape(node, fold), rowsPerWord: 1, rows: 1 };
  const groups = node.outChannels / fold.pe;
  const lanes = { node, fold, groups, steps: windowSteps(node, fold) };
  const engine = { ...lanes, ...chosenSums(lanes) };
  const decryptors = { node, fold, holdsWords: holdsWords(node, fold) };
  return [...placedEngine(engine, shape), ...placedDecryptors(decryptors, shape)];
}

/** What depends on the rows of a word; no other unit of the layer does. */
export function rowUnits(weights: WeightSource, shape: WordShape): PlacedUnit[] {
  return [...sourceUnit(weights).placed(shape), rowCounters(shape)];
}

function residualUnits({ node, widths }: WeightedShape): PlacedUnit[] {
  if (node.residual === null || widths.residual === widths.output) return [];
  const bits = widths.output * node.residual.tensor.format.bits;
  return [place(NARROW, { bits, ratio: widths.residual / widths.output })];
}
