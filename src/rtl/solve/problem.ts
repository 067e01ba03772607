/** From a network to the folds that each layer may take, with cycles and costs. */
import { elementCount, isWeighted } from '../../fixed/shapes.js';
import type { IntNetwork, IntNode } from '../../fixed/types.js';
import { addCosts, layerCost, portCost, roundCost } from '../cost/model.js';
import { cyclesPerPixel, legalFolds, outputPixels, unweightedCycles, type WeightedNode } from '../fold.js';
import { planPool, weightedShape } from '../plan.js';
import { foldsWithReads } from './reads.js';
import type { FixedCycles, FoldOption, FoldProblem } from './types.js';

export function frameCycles(node: WeightedNode, fold: FoldOption['fold']): number {
  return cyclesPerPixel(node, fold) * outputPixels(node);
}

/** Elements a frame on the streams into and out of a node, and what a pool reads: a fold changes none of them. */
export function fixedCycles(node: IntNode): number {
  const streams = Math.max(elementCount(node.inputTensor.shape), elementCount(node.outputTensor.shape));
  return isWeighted(node) ? streams : Math.max(streams, unweightedCycles(node));
}

function optionsOf(node: WeightedNode): FoldOption[] {
  return legalFolds(node).flatMap((lanes) =>
    foldsWithReads(node, lanes).map((fold) => ({
      fold,
      cycles: frameCycles(node, fold),
      cost: roundCost(layerCost(weightedShape(node, fold))),
    })),
  );
}

export function foldProblem(network: IntNetwork): FoldProblem {
  const others = network.nodes.flatMap((node) => {
    if (isWeighted(node)) return [];
    return [layerCost(node.kind === 'subsample' ? { kind: 'subsample', node } : planPool(node))];
  });
  return {
    layers: network.nodes.filter(isWeighted).map((node) => ({ name: node.name, options: optionsOf(node) })),
    fixed: network.nodes.map((node): FixedCycles => ({ name: node.name, cycles: fixedCycles(node) })),
    base: roundCost(addCosts([...others, portCost(network)])),
  };
}
