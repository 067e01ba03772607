/** What a network looks like to training: a graph of layers, each named and reading others by name. NHWC. */
import { isWeighted } from '../../graph/order.js';
import { inferShapes } from '../../graph/shapes.js';
import type { ConvWindow, Pair, Shape, Sliding } from '../../graph/types.js';
import type { Quantiser, UniformQuantiser } from '../../model/types.js';

interface LayerBase {
  readonly name: string;
  /** Name of the layer whose output this one reads, or INPUT_NAME for the images. */
  readonly input: string;
}

/** Most bits of a quantiser whose step is learnt. */
export const MAX_LEARNED_BITS = 8;

/**
 * A uniform quantiser whose step is learnt with the weights (LSQ: Esser et al., Learned Step Size Quantization, ICLR 2020);
 * the trained model has it as an ordinary one.
 */
export interface LearnedQuantiser {
  readonly kind: 'learned';
  /** 1 to 8, signed ones at least 2. */
  readonly bits: number;
  readonly signed: boolean;
}

/** The quantiser that a learnt one is at a step: to the nearest, ties to even. */
export function atStep({ bits, signed }: LearnedQuantiser, step: number): UniformQuantiser {
  return { kind: 'uniform', bits, signed, narrow: false, scale: step, rounding: 'half-even' };
}

/** What training rounds activations to. */
export type ActivationQuantiser = Quantiser | LearnedQuantiser;

/** What convolution and dense layers share: weights → bias → batch norm → ReLU → quantiser. */
interface WeightedBase extends LayerBase {
  readonly outChannels: number;
  /** Layer group whose options (weights, N_in, N_out) hold; null: full precision whatever the options say. */
  readonly group: number | null;
  readonly bias: boolean;
  readonly batchNorm: boolean;
  readonly relu: boolean;
  /** Which values the output takes; absent: any. */
  readonly quantiser?: ActivationQuantiser;
}

export interface ConvSpec extends WeightedBase, ConvWindow {
  readonly kind: 'conv';
}

export interface DenseSpec extends WeightedBase {
  readonly kind: 'dense';
}

/** Padded elements never win a maximum; they count as zeros in a mean. */
export interface PoolSpec extends LayerBase, Sliding {
  readonly kind: 'maxPool' | 'avgPool';
}

/** Option-A shortcut (He et al., 2016): keeps every stride-th pixel, zero channels come in before and after. */
export interface SubsampleSpec extends LayerBase {
  readonly kind: 'subsample';
  readonly stride: Pair;
  readonly channelPadding: readonly [before: number, after: number];
}

export interface AddSpec {
  readonly kind: 'add';
  readonly name: string;
  readonly inputs: readonly [string, string];
  readonly relu: boolean;
  readonly quantiser?: ActivationQuantiser;
}

/** Every element by itself: clamped to limits, null for none, then quantised. */
export interface ActivationSpec extends LayerBase {
  readonly kind: 'activation';
  readonly clamp: readonly [low: number | null, high: number | null];
  readonly quantiser?: ActivationQuantiser;
}

/** Tensors of one height and width side by side, in the order of their channels. */
export interface ConcatSpec {
  readonly kind: 'concat';
  readonly name: string;
  readonly inputs: readonly string[];
}

export interface FlattenSpec extends LayerBase {
  readonly kind: 'flatten';
}

export type WeightedSpec = ConvSpec | DenseSpec;
export type LayerSpec = WeightedSpec | PoolSpec | SubsampleSpec | AddSpec | ActivationSpec | ConcatSpec | FlattenSpec;

export interface NetworkSpec {
  readonly name: string;
  readonly input: Shape;
  /** Which values the images take behind their preprocessing; absent: any. */
  readonly inputQuantiser?: Quantiser;
  /** In an order in which each stands behind its inputs; the last one gives the logits. */
  readonly layers: readonly LayerSpec[];
}

/** The quantiser of a layer whose step is learnt; null where it has none, or one whose step is given. */
export function learnedQuantiser(layer: LayerSpec): LearnedQuantiser | null {
  const quantiser = 'quantiser' in layer ? layer.quantiser : undefined;
  return quantiser?.kind === 'learned' ? quantiser : null;
}

/** Number of layer groups that the options can tell apart. */
export function groupCount(network: NetworkSpec): number {
  return 1 + Math.max(...network.layers.map((layer) => (isWeighted(layer) ? (layer.group ?? -1) : -1)));
}

/** Shape of every tensor by the name of its layer, the images under INPUT_NAME. */
export function tensorShapes({ name, input, layers }: NetworkSpec): Map<string, Shape> {
  const output = layers.at(-1)?.name ?? '';
  return inferShapes({ input: { shape: input }, nodes: layers, output }, name, 'usage');
}
