/**
 * The float network that a `.flexor` file describes. Imports only types of shapes, windows and M⊕.
 *
 * Tensors are NHWC. A weighted layer with V = k_h·k_w·C_in window elements and C_out channels has V·C_out weights; weight
 * bit f = v·C_out + c belongs to window element v = (y·k_w + x)·C_in + ci and output channel c (Algorithm 1's Reshape to
 * [k, k, C_in, C_out]). A dense layer is a window that covers its whole input, flattened NHWC. With G groups a window has
 * V = k_h·k_w·C_in/G elements, v = (y·k_w + x)·C_in/G + ci, and ci counts within the part of the input that c sees
 * (graph/types.ts).
 */
import type { ConvWindow, Pair, Shape, Sliding } from '../graph/types.js';
import type { XorMatrix } from '../xor/types.js';

/** Smallest and largest value of an activation tensor seen on training data. */
export interface ActivationRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The real-valued encrypted weights x of a plane, before sign, in bins of equal width from −limit to +limit. The left
 * half of the bins holds x < 0 (encrypted bit 0), the right half x ≥ 0 (bit 1).
 */
export interface EncryptedHistogram {
  readonly limit: number;
  /** Encrypted weights with x ≤ −limit. */
  readonly below: number;
  /** An even number of bins, from the lowest x to the highest. */
  readonly counts: readonly number[];
  /** Encrypted weights with x ≥ limit. */
  readonly above: number;
}

/** One of the q binary planes of a layer: b = M⊕·encrypted, scaled by α per output channel. */
export interface CodePlane {
  readonly matrix: XorMatrix;
  /** sliceCount(V·C_out) · N_in bits, packed eight a byte, least significant first. */
  readonly encrypted: Uint8Array;
  /** C_out scales. */
  readonly alpha: Float32Array;
  /** null where the maker of the model gave none; nothing but reports reads it. */
  readonly encryptedHistogram: EncryptedHistogram | null;
}

/** Weights w = Σ_{i<q} α_i·b_i with b ∈ {−1,+1}. */
export interface BinaryCodes {
  readonly encoding: 'xor';
  /** N_in that the planes were trained with, where compaction (model/compact.ts) made it smaller. */
  readonly nominalNIn?: number;
  readonly planes: readonly CodePlane[];
}

/** Weights of a layer that stays at full precision, such as the first and last of a ResNet. */
export interface FloatWeights {
  readonly encoding: 'float';
  /** V·C_out values, weight f = v·C_out + c as for binary codes. */
  readonly values: Float32Array;
}

/** Weights that are integers times a scale of their output channel: w = scale_c·k. */
export interface IntWeights {
  readonly encoding: 'int';
  /** Of two's complement, 2 to 16. */
  readonly bits: number;
  /** V·C_out integers k, weight f = v·C_out + c as for binary codes. */
  readonly values: Int32Array;
  /** C_out scales. */
  readonly scale: Float32Array;
}

export type LayerWeights = BinaryCodes | IntWeights | FloatWeights;

/**
 * How a value between two integers is rounded: to the nearest, halves to the even one, up, away from zero or towards it;
 * or always down, up, away from zero or towards it.
 */
export type Rounding = 'half-even' | 'half-up' | 'half-away' | 'half-to-zero' | 'floor' | 'ceil' | 'away' | 'to-zero';

/** scale·clamp(round(x/scale), low, high). */
export interface UniformQuantiser {
  readonly kind: 'uniform';
  /** 1 to 16, signed ones at least 2. */
  readonly bits: number;
  readonly signed: boolean;
  /** Leaves out the lowest integer of a signed format, the highest of an unsigned one. */
  readonly narrow: boolean;
  readonly scale: number;
  readonly rounding: Rounding;
}

/** scale where x ≥ 0, else −scale: the integers −1 and 1. */
export interface BipolarQuantiser {
  readonly kind: 'bipolar';
  readonly scale: number;
}

export type Quantiser = UniformQuantiser | BipolarQuantiser;

/** y = gamma·(x − mean)/sqrt(variance + epsilon) + beta per channel. */
export interface BatchNorm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
}

interface NamedNode {
  /** Unique, starts with a letter, letters, digits and underscores only; becomes the Verilog instance name. */
  readonly name: string;
}

interface NodeBase extends NamedNode {
  /** Name of the node whose output this one reads; 'input' is the network's input. */
  readonly input: string;
}

/** What convolution and dense layers share: weights → (+ bias) → (batch norm) → (ReLU). */
export interface WeightedNode extends NodeBase {
  readonly outChannels: number;
  readonly weights: LayerWeights;
  readonly bias: Float32Array | null;
  readonly batchNorm: BatchNorm | null;
  readonly relu: boolean;
  /** Which values the output takes; absent where the model says nothing of it. */
  readonly quantiser?: Quantiser;
  /** Range of the node's output on training data. */
  readonly range: ActivationRange;
}

/** Padded elements are 0. */
export interface ConvNode extends WeightedNode, ConvWindow {
  readonly kind: 'conv';
}

export interface DenseNode extends WeightedNode {
  readonly kind: 'dense';
}

/** Maximum over each window; padded elements never win. */
export interface MaxPoolNode extends NodeBase, Sliding {
  readonly kind: 'maxPool';
}

/** Mean over each window; padded elements are zeros that count. With the whole input as kernel, global average pooling. */
export interface AvgPoolNode extends NodeBase, Sliding {
  readonly kind: 'avgPool';
}

/**
 * The shortcut without weights (He et al. 2016, option A): of every stride × stride pixels the first is kept, and channels
 * of zeros are added before and behind the input's.
 */
export interface SubsampleNode extends NodeBase {
  readonly kind: 'subsample';
  readonly stride: Pair;
  readonly channelPadding: readonly [before: number, after: number];
}

/** Sum of two tensors of one shape, element by element → (ReLU). */
export interface AddNode extends NamedNode {
  readonly kind: 'add';
  readonly inputs: readonly [string, string];
  readonly relu: boolean;
  readonly quantiser?: Quantiser;
  /** Range of the node's output on training data. */
  readonly range: ActivationRange;
}

/**
 * What is done to every element of a tensor by itself: (batch norm) → clamp to limits → (quantiser). With limits 0 and null
 * it is a ReLU, with −1 and 1 hard-tanh, with none a batch norm or a quantiser alone, with a bipolar quantiser sign.
 */
export interface ActivationNode extends NodeBase {
  readonly kind: 'activation';
  readonly batchNorm: BatchNorm | null;
  /** null for no limit. */
  readonly clamp: readonly [low: number | null, high: number | null];
  readonly quantiser?: Quantiser;
  /** Range of the node's output on training data. */
  readonly range: ActivationRange;
}

/** Tensors of one height and width side by side: the channels of the first, then those of the second, and so on. */
export interface ConcatNode extends NamedNode {
  readonly kind: 'concat';
  /** At least two different nodes. */
  readonly inputs: readonly string[];
}

/** NHWC order is kept, so this only changes the shape. */
export interface FlattenNode extends NodeBase {
  readonly kind: 'flatten';
}

export type ModelNode =
  | ConvNode
  | DenseNode
  | MaxPoolNode
  | AvgPoolNode
  | SubsampleNode
  | AddNode
  | ActivationNode
  | ConcatNode
  | FlattenNode;

/** How a value p of the data (a pixel: 0 to 255) becomes the network's input: (p/255 − mean)/std per channel. */
export interface Preprocessing {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Where the model comes from; free of dates, hosts and paths so that files are reproducible. */
export interface Provenance {
  /** E.g. `flexor train lenet5 --nin 12 ...`. */
  readonly recipe: string;
  readonly seed: number | null;
  readonly dataset: string;
  /** Accuracy of the float network on the data set's test images, 0 to 1. */
  readonly testAccuracy: number | null;
  readonly testImages: number | null;
  readonly notes: string;
}

/** The data that a model was trained and tested on, as far as other data can be told from them and read like them. */
export interface ModelData {
  /** SHA-256 of the test examples (data/dataset.ts); lower-case hexadecimal. */
  readonly digest: string;
  /** Column of the class, where the data are a table and the user named it. */
  readonly label?: string;
  /** Size that images were resized to. */
  readonly imageSize?: readonly [height: number, width: number];
}

/** What the maker of a model got for some preprocessed inputs; a reader of the file gets the same (reference.ts). */
export interface ModelReference {
  /** [images][height][width][channels]. */
  readonly inputs: Float32Array;
  /** [images][classes]. */
  readonly logits: Float32Array;
}

export interface FlexorModel {
  readonly name: string;
  readonly input: {
    readonly shape: Shape;
    readonly preprocessing: Preprocessing;
    /** Which values the preprocessed input takes; absent where the model says nothing of it. */
    readonly quantiser?: Quantiser;
    /** Range of the preprocessed input on training data. */
    readonly range: ActivationRange;
  };
  /** In an order in which every node stands behind its inputs. */
  readonly nodes: readonly ModelNode[];
  /** Name of the node whose output are the logits. */
  readonly output: string;
  readonly classes: readonly string[];
  /** Absent where the maker of the model says nothing of it. */
  readonly data?: ModelData;
  readonly provenance: Provenance;
  /** Absent where the maker of the model gave none. */
  readonly reference?: ModelReference;
}
