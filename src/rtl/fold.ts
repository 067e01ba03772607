/**
 * Folds: how many output channels (PE) and window elements (SIMD) a layer works on in one cycle, which of them the
 * hardware can do, and which to take for a target. Cycles per pixel = ⌈V/SIMD⌉·(C_out/PE), V = k_h·k_w·C_in.
 */
import { lcm } from '../base/bits.js';
import { FlexorError } from '../base/errors.js';
import { elementCount, isWeighted } from '../fixed/shapes.js';
import type { IntConvNode, IntDenseNode, IntNetwork, IntNode } from '../fixed/types.js';
import type { Fold, LayerFold } from './types.js';

export type WeightedNode = IntConvNode | IntDenseNode;

/** How a layer's window elements reach its lanes. */
export type Feed =
  /** Dense with one lane: elements go straight from the stream to the engine. */
  | { readonly kind: 'direct' }
  /** Dense with several lanes: one bank a lane, two frames deep. */
  | { readonly kind: 'vector' }
  /** Convolution: one line buffer, lanes filled in turn. */
  | { readonly kind: 'serial' }
  /** Convolution: a lane is a kernel row, or one of `blocks` channel blocks of a kernel tap. */
  | { readonly kind: 'banked'; readonly tapLanes: boolean; readonly blocks: number };

/** Widest decryptor register and memory word that the generator makes; wider ones are refused as folds. */
const MAX_REGISTER_BITS = 16_384;
const MAX_WORD_BITS = 65_536;
/** Most entries of M⊕ over all planes (Icarus takes half a minute to read a random 256×256), and most bits of phases. */
const MAX_CONSTANT_BITS = 65_536;

/** Lanes that the default fold gives to the slowest layer. */
const DEFAULT_LANES = 64;

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

function divisors(n: number): number[] {
  const found: number[] = [];
  for (let d = 1; d <= n; d++) if (n % d === 0) found.push(d);
  return found;
}

/** How the fold's lanes are fed, or the rule that it breaks. */
export function feedOf(
  node: WeightedNode,
  fold: LayerFold,
): Feed | { readonly kind: 'illegal'; readonly rule: string } {
  const { pe, simd } = fold;
  const illegal = (rule: string) => ({ kind: 'illegal', rule }) as const;
  if (!Number.isInteger(pe) || pe < 1 || node.outChannels % pe !== 0) {
    return illegal(`PE must divide C_out = ${node.outChannels}, got ${pe}`);
  }
  if (!Number.isInteger(simd) || simd < 1 || simd > node.windowSize) {
    return illegal(`SIMD must be an integer from 1 to V = ${node.windowSize}, got ${simd}`);
  }
  const steps = Math.ceil(node.windowSize / simd);
  if (Math.ceil(node.windowSize / steps) !== simd) {
    return illegal(
      `SIMD ${simd} leaves a lane without work: V = ${node.windowSize} needs ${Math.ceil(node.windowSize / steps)}`,
    );
  }
  for (const plane of node.planes) {
    const registerBits = lcm(plane.nOut, pe);
    const wordBits = node.planes.length * simd * (registerBits / plane.nOut) * plane.nIn;
    if (registerBits > MAX_REGISTER_BITS || wordBits > MAX_WORD_BITS) {
      return illegal(
        `PE ${pe} with N_out ${plane.nOut} needs a decryptor register of ${registerBits} bits and memory words of ` +
          `${wordBits} bits; the most are ${MAX_REGISTER_BITS} and ${MAX_WORD_BITS}`,
      );
    }
  }
  const matrixBits = node.planes.reduce((sum, { nIn, nOut }) => sum + nIn * nOut, 0);
  if (matrixBits > MAX_CONSTANT_BITS || 16 * simd > MAX_CONSTANT_BITS) {
    return illegal(
      `M⊕ of all planes (${matrixBits} bits) and the phases of all lanes (${16 * simd} bits) may take at most ` +
        `${MAX_CONSTANT_BITS} bits each`,
    );
  }
  if (node.kind === 'dense') return { kind: simd === 1 ? 'direct' : 'vector' };
  const groups = node.outChannels / pe;
  if (simd === 1 || simd <= groups) return { kind: 'serial' };
  const [kernelH, kernelW] = node.kernel;
  const taps = kernelH * kernelW;
  const blocks = simd / taps;
  if (simd % taps === 0 && node.inputTensor.shape.channels % blocks === 0) {
    return { kind: 'banked', tapLanes: true, blocks };
  }
  if (simd === kernelH) return { kind: 'banked', tapLanes: false, blocks: 1 };
  return illegal(
    `SIMD of a convolution must be at most C_out/PE = ${groups}, or k_h = ${kernelH}, or k_h·k_w·d with d dividing ` +
      `C_in = ${node.inputTensor.shape.channels}, got ${simd}`,
  );
}

/** Every fold that the hardware can do, by rising cycles per pixel, then by rising PE·SIMD. */
export function legalFolds(node: WeightedNode): LayerFold[] {
  const folds: LayerFold[] = [];
  for (const pe of divisors(node.outChannels)) {
    const simds = new Set<number>();
    const groups = node.outChannels / pe;
    if (node.kind === 'dense') {
      for (let steps = 1; steps <= node.windowSize; steps++) simds.add(Math.ceil(node.windowSize / steps));
    } else {
      const [kernelH, kernelW] = node.kernel;
      for (let simd = 1; simd <= Math.min(groups, node.windowSize); simd++) simds.add(simd);
      simds.add(kernelH);
      for (const d of divisors(node.inputTensor.shape.channels)) simds.add(kernelH * kernelW * d);
    }
    for (const simd of simds) if (feedOf(node, { pe, simd }).kind !== 'illegal') folds.push({ pe, simd });
  }
  return folds.sort(
    (a, b) => cyclesPerPixel(node, a) - cyclesPerPixel(node, b) || a.pe * a.simd - b.pe * b.simd || a.pe - b.pe,
  );
}

/** LUTs of a small memory with one write and one asynchronous read port: 32 words deep, 8 LUTs hold 14 bits. */
function smallMemory(width: number, depth: number): number {
  return depth === 1 ? 0 : (width * Math.ceil(depth / 32) * 8) / 14;
}

/**
 * Rough cost of a fold in LUTs, to rank folds that meet a target: adders over the lanes and accumulators, what is kept
 * per group, the shift-out register, decryptor registers, and how lanes are fed.
 */
function roughCost(node: WeightedNode, fold: LayerFold): number {
  const actBits = node.inputTensor.format.bits;
  const channels = node.planes.length * fold.pe;
  const accWord = channels * node.widths.selected.bits;
  const groups = node.outChannels / fold.pe;
  const adders = (channels + 1) * (fold.simd - 1) * (1.5 * actBits) + 2 * accWord;
  const perGroup = smallMemory(accWord, groups) + smallMemory(accWord + node.widths.sum.bits, groups);
  const registers = node.planes.reduce((sum, plane) => sum + fold.simd * lcm(plane.nOut, fold.pe), 0);
  const feed = feedOf(node, fold);
  const lanes = feed.kind === 'banked' ? fold.simd * 6 * actBits : feed.kind === 'vector' ? fold.simd * 2 * actBits : 0;
  return adders + perGroup + accWord + registers + lanes;
}

/** The cheapest fold of at most `cycles` a frame, or null. */
function cheapestFold(node: WeightedNode, cycles: number): LayerFold | null {
  let best: LayerFold | null = null;
  let bestCost = Infinity;
  for (const fold of legalFolds(node)) {
    if (cyclesPerPixel(node, fold) * outputPixels(node) > cycles) break;
    const cost = roughCost(node, fold);
    if (cost < bestCost) [best, bestCost] = [fold, cost];
  }
  return best;
}

/** Elements a frame on the streams into and out of a node, and what a pool reads: a fold changes none of them. */
function fixedCycles(node: IntNode): number {
  const streams = Math.max(elementCount(node.inputTensor.shape), elementCount(node.outputTensor.shape));
  return isWeighted(node) ? streams : Math.max(streams, unweightedCycles(node));
}

/** Cycles a frame of a node without weights, one element a cycle. */
export function unweightedCycles(node: Exclude<IntNode, WeightedNode>): number {
  const { shape } = node.inputTensor;
  const { height, width, channels } = node.outputTensor.shape;
  if (node.kind !== 'subsample') return height * width * node.kernel[0] * node.kernel[1] * channels;
  // Pixels that are kept take their zeros as well.
  return elementCount(shape) + height * width * (channels - shape.channels);
}

/** Folds with at most DEFAULT_LANES additions a cycle in the slowest layer, and no more than needed to keep up in the others. */
export function defaultFold(network: IntNetwork): Fold {
  const slowest = weightedNodes(network).map((node) => {
    const cycles = legalFolds(node)
      .filter((fold) => fold.pe * fold.simd <= DEFAULT_LANES)
      .map((fold) => cyclesPerPixel(node, fold) * outputPixels(node));
    return Math.min(...cycles);
  });
  return foldForCycles(network, Math.max(...slowest, ...network.nodes.map(fixedCycles)));
}

/** The cheapest fold, layer by layer, that takes at most `cycles` a frame. An unreachable target names the layer and its limit. */
export function foldForCycles(network: IntNetwork, cycles: number): Fold {
  const fold: Record<string, LayerFold> = {};
  for (const node of network.nodes) {
    const fixed = fixedCycles(node);
    if (fixed > cycles) {
      throw new FlexorError(
        'fold',
        `target of ${cycles} cycles a frame cannot be reached: layer ${node.name} takes in, goes over or gives ${fixed} elements ` +
          `a frame, one a cycle`,
      );
    }
    if (!isWeighted(node)) continue;
    const best = cheapestFold(node, cycles);
    if (best === null) {
      const fastest = legalFolds(node)[0]!;
      throw new FlexorError(
        'fold',
        `target of ${cycles} cycles a frame cannot be reached: layer ${node.name} takes ` +
          `${cyclesPerPixel(node, fastest) * outputPixels(node)} at its widest fold (PE ${fastest.pe}, SIMD ${fastest.simd})`,
      );
    }
    fold[node.name] = best;
  }
  return fold;
}

/** Cycles a frame may take for F frames/s at a clock of C MHz. */
export function cyclesForTarget(framesPerSecond: number, clockMhz: number): number {
  return Math.floor((clockMhz * 1e6) / framesPerSecond);
}

/** Completes a user's fold with the default for layers that it leaves out; an unknown layer or an illegal fold is an error. */
export function checkedFold(network: IntNetwork, given: Fold | null): Fold {
  const fold: Record<string, LayerFold> = { ...defaultFold(network) };
  for (const [name, layer] of Object.entries(given ?? {})) {
    if (!Object.hasOwn(fold, name)) {
      throw new FlexorError(
        'fold',
        `fold names layer ${name}; the weighted layers are ${Object.keys(fold).join(', ')}`,
      );
    }
    fold[name] = { pe: layer.pe, simd: layer.simd };
  }
  for (const node of weightedNodes(network)) {
    const feed = feedOf(node, fold[node.name]!);
    if (feed.kind === 'illegal') throw new FlexorError('fold', `layer ${node.name}: ${feed.rule}`);
  }
  return fold;
}
