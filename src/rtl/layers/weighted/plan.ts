/** The plan of a convolution or dense layer: what feeds it, widths of its numbers, its memory. */
import { FlexorError, invariant } from '../../../base/errors.js';
import { beatsOf } from '../../beats.js';
import { feedOf, isIllegal } from '../../fold.js';
import { outputPixels, windowSteps, type WeightedNode } from '../../lanes.js';
import { SINGLE, type LayerFold, type LayerWidths } from '../../types.js';
import { windowPlan } from '../../units/window/plan.js';
import { sourceOf, weightMemory } from '../../weight-memory.js';
import type { LayerContext, WeightedPlan, WeightedShape } from '../types.js';
import { holdsWords } from './decryptors.js';
import { chosenSums, signedBits } from './lane-sums.js';
import { chosenScaling } from './scaling.js';

/**
 * Groups that must wait so that an engine, which finishes its groups in consecutive cycles, is not held up by the
 * requantiser, which takes one group every `beats` cycles and the first one a cycle after it was finished.
 */
function groupFifoDepth(beats: number, groups: number, steps: number): number {
  if (groups === 1) return 0;
  const waiting = groups - 1 - (groups >= 3 ? 1 + Math.floor((groups - 3) / beats) : 0);
  const backToBack = steps <= beats + 1 ? 1 : 0;
  return waiting + 1 + backToBack;
}

export function weightedShape(node: WeightedNode, fold: LayerFold, widths: LayerWidths = SINGLE): WeightedShape {
  const feed = feedOf(node, fold);
  invariant(!isIllegal(feed), `fold of ${node.name} was not checked`);
  const { nIn, nOut } = node.planes[0]!;
  if (node.planes.some((plane) => plane.nIn !== nIn || plane.nOut !== nOut)) {
    throw new FlexorError('unsupported', `layer ${node.name}: all planes must have the same N_in and N_out`);
  }
  const { requantiser, outputTensor } = node;
  const groups = node.outChannels / fold.pe;
  const steps = windowSteps(node, fold);
  const { output } = requantiser;
  const limits = output === null ? outputTensor.format.bits : signedBits(outputTensor.format);
  const shape = {
    kind: 'weighted',
    node,
    fold,
    widths,
    weights: sourceOf(fold),
    feed,
    window: node.kind === 'dense' ? null : windowPlan(node),
    groups,
    steps,
    pixels: outputPixels(node),
    groupFifoDepth: groupFifoDepth(beatsOf(fold.pe, widths.output), groups, steps),
    dotBits: signedBits(node.widths.dot),
    factorBits: signedBits(node.widths.multiplicand),
    scaledBits: Math.max(signedBits(node.widths.scaled), limits),
  } as const;
  const summed = { ...shape, ...chosenSums(shape), holdsWords: holdsWords(node, fold) };
  return { ...summed, ...chosenScaling(summed) };
}

export function weightedPlan(node: WeightedNode, { fold, widths, pace }: LayerContext): WeightedPlan {
  invariant(fold !== null, `no fold for ${node.name}`);
  const shape = weightedShape(node, fold, widths);
  const beats = beatsOf(fold.pe, widths.output) * Math.max(1, widths.output * pace);
  return {
    ...shape,
    groupFifoDepth: groupFifoDepth(beats, shape.groups, shape.steps),
    memory: weightMemory(node, fold),
  };
}
