/** The units of a convolution or dense layer: what they cost, and the switching from which their energy is counted. */
import { windowSteps, type WeightedNode } from '../../lanes.js';
import { isDefaultPipeline, registerOf } from '../../pipeline.js';
import type { LayerFold, WeightSource } from '../../types.js';
import { DECRYPTOR } from '../../units/decryptor/cost.js';
import { fifo, streamFifo } from '../../units/fifos.js';
import { sourceUnit } from '../../units/index.js';
import { NARROW } from '../../units/narrow/cost.js';
import { place, type PlacedUnit } from '../../units/types.js';
import { lanePhases, wordShape, type WordShape } from '../../weight-memory.js';
import { groupBits, type WeightedShape } from '../types.js';
import { chosenSums, placedEngine, rowCounters } from './lane-sums.js';
import { pipelineUnit } from './pipeline.js';
import { placedScaling } from './scaling.js';

export { registerBits, streamActivity, type StreamActivity } from '../../units/decryptor/activity.js';
export { macActivity, type MacActivity } from './lane-sums.js';

export function weightedUnits(layer: WeightedShape): PlacedUnit[] {
  const { node, fold, feed, weights, widths, groupFifoDepth } = layer;
  const shape = wordShape(node, fold);
  return [
    ...feed.placed(layer),
    ...placedEngine(layer),
    ...sourceUnit(weights).placed(shape),
    ...decryptors(node, fold, shape),
    // The sum beside dot products is a constant, for which no place is kept.
    ...(groupFifoDepth > 0 ? [fifo(groupBits(layer) - Number(layer.sharedSums), groupFifoDepth)] : []),
    ...residualUnits(layer),
    placedScaling(layer),
    ...(isDefaultPipeline(fold) ? [] : [pipelineUnit(layer)]),
    streamFifo(widths.output * node.outputTensor.format.bits),
  ];
}

/** What PE and SIMD bring, whatever rows a word and widths of streams there are: the engine without its counters of rows. */
export function laneUnits(node: WeightedNode, fold: LayerFold): PlacedUnit[] {
  const shape = { ...wordShape(node, fold), rowsPerWord: 1, rows: 1 };
  const groups = node.outChannels / fold.pe;
  const lanes = { node, fold, groups, steps: windowSteps(node, fold) };
  const engine = { ...lanes, ...chosenSums(lanes) };
  return [...placedEngine(engine, shape), ...decryptors(node, fold, shape)];
}

/** What depends on the rows of a word; no other unit of the layer does. */
export function rowUnits(weights: WeightSource, shape: WordShape): PlacedUnit[] {
  return [...sourceUnit(weights).placed(shape), rowCounters(shape)];
}

const knownTaps = new WeakMap<WeightedNode, number[][]>();

/** Ones in each row of M⊕, by plane; no fold changes them. */
function tapsOf(node: WeightedNode): number[][] {
  let taps = knownTaps.get(node);
  if (taps === undefined) knownTaps.set(node, (taps = node.planes.map(onesOfRows)));
  return taps;
}

function onesOfRows({ nIn, nOut, matrix }: WeightedNode['planes'][number]): number[] {
  return Array.from({ length: nOut }, (_, row) =>
    matrix.subarray(row * nIn, (row + 1) * nIn).reduce((sum, bit) => sum + bit, 0),
  );
}

function decryptors(node: WeightedNode, fold: LayerFold, { slices }: WordShape): PlacedUnit[] {
  const lanes = new Map<number, number>();
  for (const phase of lanePhases(node, fold)) lanes.set(phase, (lanes.get(phase) ?? 0) + 1);
  return tapsOf(node).flatMap((taps) =>
    [...lanes].map(([phase, copies]) =>
      place(DECRYPTOR, { taps, slices, pe: fold.pe, phase, load: registerOf(fold, 'load') }, copies),
    ),
  );
}

function residualUnits({ node, widths }: WeightedShape): PlacedUnit[] {
  if (node.residual === null || widths.residual === widths.output) return [];
  const bits = widths.output * node.residual.tensor.format.bits;
  return [place(NARROW, { bits, ratio: widths.residual / widths.output })];
}
