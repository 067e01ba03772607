/**
 * Weighted layers and their lanes: PE output channels and SIMD window elements are worked on in a cycle, and a pixel takes
 * ⌈V/SIMD⌉·(C_out/PE) of them, V = k_h·k_w·C_in.
 */
import { isWeighted } from '../graph/order.js';
import type { IntConvNode, IntDenseNode, IntNetwork } from '../fixed/types.js';
import type { LayerFold, LayerWidths } from './types.js';
import type { WindowPlan } from './units/window/plan.js';

export type WeightedNode = IntConvNode | IntDenseNode;

/** A layer with its fold, as far as what feeds its lanes needs to know it. */
export interface Lanes {
  readonly node: WeightedNode;
  readonly fold: LayerFold;
  readonly widths: LayerWidths;
  /** Null for dense layers. */
  readonly window: WindowPlan | null;
  /** C_out/PE: groups of channels that the engine goes through, one a cycle. */
  readonly groups: number;
  /** ⌈V/SIMD⌉: window elements that each lane goes through. */
  readonly steps: number;
}

/** Groups of a convolution: parts of the channels that see nothing of each other. */
export function convGroups(node: WeightedNode): number {
  return node.kind === 'conv' ? node.groups : 1;
}

/** A convolution has groups of several channels: its windows go over the channels of all groups in turn. */
export function isInterleaved(node: WeightedNode): boolean {
  const groups = convGroups(node);
  return groups > 1 && node.inputTensor.shape.channels > groups;
}

/** Vectors of a pixel: each lane's element of every step, for each of the convolution's groups. */
export function vectorsOf({ node, steps }: Pick<Lanes, 'node' | 'steps'>): number {
  return steps * convGroups(node);
}

/** The weighted nodes of a network, in stream order. */
export function weightedNodes(network: IntNetwork): WeightedNode[] {
  return network.nodes.filter(isWeighted);
}

/** Output pixels a frame; a dense layer has one. */
export function outputPixels(node: WeightedNode): number {
  return node.outputTensor.shape.height * node.outputTensor.shape.width;
}

/** ⌈V/SIMD⌉: window elements that each lane goes through. */
export function windowSteps(node: WeightedNode, fold: LayerFold): number {
  return Math.ceil(node.windowSize / fold.simd);
}

export function cyclesPerPixel(node: WeightedNode, fold: LayerFold): number {
  return windowSteps(node, fold) * (node.outChannels / fold.pe);
}
