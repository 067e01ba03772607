/**
 * The plan: every parameter of every instance, derived from the integer network and the fold. Templates only print it,
 * the schedule only steps it, so both speak of the same hardware.
 */
import { own } from '../base/dictionary.js';
import { bitsFor } from '../base/bits.js';
import { invariant } from '../base/errors.js';
import { inputTensorsOf } from '../fixed/shapes.js';
import { elementCount } from '../graph/shapes.js';
import type { IntFormat, IntNetwork } from '../fixed/types.js';
import { beatsOf } from './beats.js';
import { burstyNodes, slowReaders } from './bursts.js';
import { STREAM_FIFO_DEPTH } from './fifo-sizes.js';
import { isForked, streamReaders, type Reader } from './graph.js';
import { layerKind } from './layers/index.js';
import type { LayerPlan, WeightedPlan } from './layers/types.js';
import { layerWidths, streamWidths } from './stream-widths.js';
import type { Fold } from './types.js';
import { isLoaded, loadedBanks } from './weight-memory.js';

export function weightedLayers({ layers }: { readonly layers: readonly LayerPlan[] }): WeightedPlan[] {
  return layers.filter((layer) => layer.kind === 'weighted');
}

/** Every weighted layer's weights, multipliers and betas can be loaded (solve/choose.ts lets no part of them be). */
export function isLoadable(layers: readonly LayerPlan[]): boolean {
  return layers.every((layer) => layer.kind !== 'weighted' || isLoaded(layer.weights));
}

/** Banks of the memories of a design that can be loaded: all of its layers have as many. */
export function memoryBanks(plan: { readonly layers: readonly LayerPlan[] }): number {
  return loadedBanks(weightedLayers(plan)[0]!.weights);
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

/** Frames that may be inside a layer at once: its window holds two, and others are on their way in and out of its engine. */
const FRAMES_A_LAYER = 4;
/** Beats that may be inside a layer besides its window and the FIFOs of forks. */
const BEATS_A_LAYER = 32;

/** Bits of frame numbers that tell all frames apart that may be inside the design at once (hw/flexor_bank.v). */
export function frameNumberBits({ layers, readers }: Plan): number {
  const frames = layers.map(({ node, widths }, i) => {
    const fifos = readers[i + 1]!.reduce((sum, { fifoDepth }) => sum + fifoDepth, BEATS_A_LAYER);
    const beats = Math.min(
      ...inputTensorsOf(node)
        .slice(0, node.kind === 'concat' ? undefined : 1)
        .map(({ shape }) => beatsOf(elementCount(shape), widths.input)),
      beatsOf(elementCount(node.outputTensor.shape), widths.output),
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
    layers: network.nodes.map((node, i) => {
      const context = { fold: own(fold, node.name) ?? null, widths: atLayers[i]!, pace: paces.get(node.name) ?? 0 };
      return layerKind(node).plan(node, context);
    }),
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
