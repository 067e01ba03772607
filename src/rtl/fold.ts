/**
 * Folds: how many output channels (PE) and window elements (SIMD) a layer works on in one cycle, and which of them the
 * hardware can do (which to take: solve/). Cycles per pixel = ⌈V/SIMD⌉·(C_out/PE), V = k_h·k_w·C_in.
 */
import { lcm } from '../base/bits.js';
import { elementCount, isWeighted } from '../fixed/shapes.js';
import type { IntConvNode, IntDenseNode, IntNetwork } from '../fixed/types.js';
import type { BuiltNode } from './supported.js';
import { SINGLE, type LayerFold, type LayerWidths } from './types.js';

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

/** Divisors of a positive integer, rising. */
export function divisors(n: number): number[] {
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

/**
 * The rule that beats of `width` elements break at the input of a layer with a legal fold; null where it can take them: words
 * of a window's memory are as wide, and so are those of a dense layer's buffer.
 */
export function widthRule(node: WeightedNode, fold: LayerFold, width: number): string | null {
  if (width === 1) return null;
  const feed = feedOf(node, fold);
  if (feed.kind === 'vector') {
    const steps = windowSteps(node, fold);
    return steps % width === 0 ? null : `beats into layer ${node.name} must divide its lanes' ${steps} elements`;
  }
  if (feed.kind !== 'banked') return null;
  const block = node.inputTensor.shape.channels / feed.blocks;
  return block % width === 0 || width % block === 0
    ? null
    : `beats into layer ${node.name} must divide the ${block} channels of its lanes or hold several lanes' whole`;
}

/** Every fold that the hardware can do with streams of these widths, by rising cycles per pixel, then by rising PE·SIMD. */
export function legalFolds(node: WeightedNode, widths: LayerWidths = SINGLE): LayerFold[] {
  const folds: LayerFold[] = [];
  for (const pe of divisors(node.outChannels).filter((each) => each % widths.output === 0)) {
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
    for (const simd of simds) {
      const fold = { pe, simd };
      if (feedOf(node, fold).kind !== 'illegal' && widthRule(node, fold, widths.input) === null) folds.push(fold);
    }
  }
  return folds.sort(
    (a, b) => cyclesPerPixel(node, a) - cyclesPerPixel(node, b) || a.pe * a.simd - b.pe * b.simd || a.pe - b.pe,
  );
}

/** Elements a frame that a node without weights goes over. */
export function unweightedElements(node: Exclude<BuiltNode, WeightedNode>): number {
  const { shape } = node.inputTensor;
  const { height, width, channels } = node.outputTensor.shape;
  if (node.kind !== 'subsample') return height * width * node.kernel[0] * node.kernel[1] * channels;
  // Pixels that are kept take their zeros as well.
  return elementCount(shape) + height * width * (channels - shape.channels);
}
