/**
 * The plan: every parameter of every instance, derived from the integer network and the fold. Templates only print it,
 * the schedule only steps it, so both speak of the same hardware.
 */
import { bitsFor } from '../base/bits.js';
import { FlexorError, invariant } from '../base/errors.js';
import { elementCount } from '../fixed/shapes.js';
import type { IntFormat, IntNetwork, IntPoolNode, IntShape, IntSubsampleNode } from '../fixed/types.js';
import { burstyNodes, isWholeImage, slowReaders } from './bursts.js';
import { feedOf, outputPixels, windowSteps, type Feed, type WeightedNode } from './fold.js';
import { isForked, streamReaders, type Reader } from './graph.js';
import { layerWidths, streamWidths } from './stream-widths.js';
import { builtNodes, type BuiltNode } from './supported.js';
import { SINGLE, type Fold, type LayerFold, type LayerWidths, type WeightSource } from './types.js';
import { sourceOf, weightMemory, type WeightMemory } from './weight-memory.js';

/** Depth of the FIFO behind every layer: 2 keeps full throughput with registered valid and ready. */
export const STREAM_FIFO_DEPTH = 2;

/** FIFOs of a fork's branches up to this depth are made of registers or distributed RAM, deeper ones of memories. */
export const REGISTER_FIFO_DEPTH = 64;

/** Parameters of a window unit (hw/flexor_window_sequencer.v). */
export interface WindowPlan {
  readonly input: IntShape;
  readonly output: IntShape;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  /** Image rows in the ring. */
  readonly rows: number;
}

export interface WeightedPlan {
  readonly kind: 'weighted';
  readonly node: WeightedNode;
  readonly fold: LayerFold;
  readonly widths: LayerWidths;
  readonly weights: WeightSource;
  readonly feed: Exclude<Feed, { kind: 'illegal' }>;
  /** Null for dense layers. */
  readonly window: WindowPlan | null;
  readonly groups: number;
  readonly steps: number;
  readonly pixels: number;
  readonly memory: WeightMemory;
  /** Groups that wait between engine and requantiser; 0: none, the engine hands over directly. */
  readonly groupFifoDepth: number;
  readonly accBits: number;
  readonly sumBits: number;
  readonly dotBits: number;
  /** What a multiplier takes. */
  readonly factorBits: number;
  readonly scaledBits: number;
}

/** All of a weighted layer's plan but the contents of its memory: quick to derive, so that many folds can be compared. */
export type WeightedShape = Omit<WeightedPlan, 'memory'>;

export interface PoolPlan {
  readonly kind: 'pool';
  readonly node: IntPoolNode;
  /** Its output is as wide as its input. */
  readonly widths: LayerWidths;
  /** Null where one window covers the whole image: the stream comes in its order. */
  readonly window: WindowPlan | null;
  readonly taps: number;
}

export interface SubsamplePlan {
  readonly kind: 'subsample';
  readonly node: IntSubsampleNode;
  /** Its output is as wide as its input. */
  readonly widths: LayerWidths;
}

export type LayerPlan = WeightedPlan | PoolPlan | SubsamplePlan;

export function weightedLayers({ layers }: { readonly layers: readonly LayerPlan[] }): WeightedPlan[] {
  return layers.filter((layer) => layer.kind === 'weighted');
}

/** Every weighted layer's weights, multipliers and betas can be loaded (solve/choose.ts lets no part of them be). */
export function isLoadable(layers: readonly LayerPlan[]): boolean {
  return layers.every((layer) => layer.kind !== 'weighted' || layer.weights === 'ram');
}

/** One that reads a stream. */
export interface StreamReader extends Reader {
  /** Places in the FIFO of its branch; 0 where there is no fork and it reads the stream itself. */
  readonly fifoDepth: number;
}

/** A fork with a FIFO a branch stands behind the stream, be it for a single reader. */
export function isBuffered(readers: readonly StreamReader[]): boolean {
  return readers.some(({ fifoDepth }) => fifoDepth > 0);
}

export interface Plan {
  readonly network: IntNetwork;
  readonly layers: readonly LayerPlan[];
  /** By stream. */
  readonly readers: readonly (readonly StreamReader[])[];
  /** By stream, elements a beat. */
  readonly widths: readonly number[];
  readonly inputElements: number;
  readonly logitCount: number;
  readonly logitFormat: IntFormat;
  readonly classBits: number;
}

/** Width of a two's complement number that holds everything of a format. */
function signedBits(format: IntFormat): number {
  return format.signed ? format.bits : format.bits + 1;
}

/**
 * Rows of the ring. Within a frame: the kernel's rows and as many more as one step down needs, so that the rows of the next
 * windows come in while the present ones are read. Between frames: the rows of the last windows and those of the next
 * frame's first windows, without what is padding. More would not shorten the interval between frames; two images are
 * always enough.
 */
function ringRows(height: number, outHeight: number, kernelH: number, strideH: number, padTop: number): number {
  const overhang = (outHeight - 1) * strideH - padTop + kernelH - height;
  return Math.min(2 * height, Math.max(kernelH + strideH, 2 * kernelH - padTop - overhang));
}

function windowPlan(node: WeightedNode | IntPoolNode): WindowPlan {
  invariant(node.kind !== 'dense', 'dense layers have no window');
  const { kernel, stride, padding } = node;
  const [input, output] = [node.inputTensor.shape, node.outputTensor.shape];
  const rows = ringRows(input.height, output.height, kernel[0], stride[0], padding[0]);
  return { input, output, kernel, stride, padding, rows };
}

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
  invariant(feed.kind !== 'illegal', `fold of ${node.name} was not checked`);
  const { nIn, nOut } = node.planes[0]!;
  if (node.planes.some((plane) => plane.nIn !== nIn || plane.nOut !== nOut)) {
    throw new FlexorError('unsupported', `layer ${node.name}: all planes must have the same N_in and N_out`);
  }
  const { requantiser, inputTensor, outputTensor } = node;
  const groups = node.outChannels / fold.pe;
  const steps = windowSteps(node, fold);
  const unsignedOrSigned = (format: IntFormat) => (inputTensor.format.signed ? signedBits(format) : format.bits);
  const { output } = requantiser;
  const limits = output === null ? outputTensor.format.bits : signedBits(outputTensor.format);
  return {
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
    groupFifoDepth: groupFifoDepth(fold.pe / widths.output, groups, steps),
    accBits: Math.max(unsignedOrSigned(node.widths.selected), inputTensor.format.bits + 1),
    sumBits: Math.max(unsignedOrSigned(node.widths.sum), inputTensor.format.bits + 1),
    dotBits: signedBits(node.widths.dot),
    factorBits: signedBits(node.widths.multiplicand),
    scaledBits: Math.max(signedBits(node.widths.scaled), limits),
  };
}

export function planPool(node: IntPoolNode, widths: LayerWidths = SINGLE): PoolPlan {
  const taps = node.kernel[0] * node.kernel[1];
  return { kind: 'pool', node, widths, window: isWholeImage(node) ? null : windowPlan(node), taps };
}

/** `pace`: cycles that what reads the layer takes for a channel, where that holds the layer up (slowReaders); else 0. */
function planLayer(node: BuiltNode, fold: Fold, widths: LayerWidths, pace: number): LayerPlan {
  switch (node.kind) {
    case 'maxPool':
    case 'avgPool':
      return planPool(node, widths);
    case 'subsample':
      return { kind: 'subsample', node, widths };
    case 'conv':
    case 'dense': {
      const layerFold = fold[node.name];
      invariant(layerFold !== undefined, `no fold for ${node.name}`);
      const shape = weightedShape(node, layerFold, widths);
      const beats = (layerFold.pe / widths.output) * Math.max(1, widths.output * pace);
      return {
        ...shape,
        groupFifoDepth: groupFifoDepth(beats, shape.groups, shape.steps),
        memory: weightMemory(node, layerFold),
      };
    }
  }
}

/** Frames that may be inside a layer at once: its window holds two, and others are on their way in and out of its engine. */
const FRAMES_A_LAYER = 4;
/** Beats that may be inside a layer besides its window and the FIFOs of forks. */
const BEATS_A_LAYER = 32;

/** Bits of frame numbers that tell all frames apart that may be inside the design at once (hw/flexor_bank.v). */
export function frameNumberBits({ layers, readers }: Plan): number {
  const frames = layers.map(({ node, widths }, i) => {
    const fifos = readers[i + 1]!.reduce((sum, { fifoDepth }) => sum + fifoDepth, BEATS_A_LAYER);
    const beats = Math.min(
      elementCount(node.inputTensor.shape) / widths.input,
      elementCount(node.outputTensor.shape) / widths.output,
    );
    return FRAMES_A_LAYER + Math.ceil(fifos / beats);
  });
  return bitsFor(
    0,
    frames.reduce((sum, n) => sum + n, FRAMES_A_LAYER),
  ).bits;
}

/** By stream, the places in the FIFO of each reader's branch. */
export type FifoDepths = readonly (readonly number[])[];

/** The plan with other branch FIFOs. */
export function withFifoDepths(plan: Plan, depths: FifoDepths): Plan {
  const readers = plan.readers.map((branches, s) =>
    branches.map((reader, b) => ({ ...reader, fifoDepth: isBuffered(branches) ? depths[s]![b]! : 0 })),
  );
  return { ...plan, readers };
}

/**
 * Derives the plan, but for the depths of branch FIFOs, which are the least that work at all; schedule/fifo-depths.ts finds
 * the right ones. The fold must have passed `checkedFold`.
 */
export function planNetwork(network: IntNetwork, fold: Fold): Plan {
  const last = network.nodes.at(-1);
  invariant(last !== undefined, 'a network has at least one node');
  const logitCount = elementCount(last.outputTensor.shape);
  const bursty = burstyNodes(network, fold);
  const widths = streamWidths(network, fold);
  const atLayers = layerWidths(network, widths);
  const paces = slowReaders(network, fold);
  const buffered = (readers: readonly Reader[], s: number): boolean =>
    isForked(readers) || (s > 0 && bursty.has(network.nodes[s - 1]!.name));
  return {
    network,
    layers: builtNodes(network).map((node, i) => planLayer(node, fold, atLayers[i]!, paces.get(node.name) ?? 0)),
    readers: streamReaders(network).map((readers, s) =>
      readers.map((reader) => ({ ...reader, fifoDepth: buffered(readers, s) ? STREAM_FIFO_DEPTH : 0 })),
    ),
    widths,
    inputElements: elementCount(network.input.shape),
    logitCount,
    logitFormat: last.outputTensor.format,
    classBits: bitsFor(0, logitCount - 1).bits,
  };
}
