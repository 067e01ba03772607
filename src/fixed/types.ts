/**
 * The integer network: what `simulate` evaluates and `rtl` builds, with nothing left to decide. Imports nothing.
 *
 * Streams and tensors are NHWC; a dense layer's window is its whole input in that order. All integers are exact in a
 * double (below 2^53 in magnitude). `simulate` reads only `codes`; `rtl` reads only `matrix` and `encrypted`.
 */

export interface IntFormat {
  readonly bits: number;
  readonly signed: boolean;
}

export interface IntShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Shape and number format of the tensor on a stream; `scale` is the real value of one unit (information for people). */
export interface IntTensor {
  readonly shape: IntShape;
  readonly format: IntFormat;
  readonly scale: number;
  /** The integer that stands for 0 where that is not 0: 1/2 in a bipolar tensor, whose 0 and 1 are −scale/2 and scale/2. */
  readonly zero?: number;
}

/** One plane of binary weight codes, encrypted and decrypted. */
export interface IntPlane {
  readonly nIn: number;
  readonly nOut: number;
  /** M⊕, row-major [N_out][N_in], 0 or 1. */
  readonly matrix: Uint8Array;
  /** Encrypted bits in stored order, one 0/1 per element: slices·N_in. */
  readonly encrypted: Uint8Array;
  /** Decrypted bits, one 0/1 per element, index v·C_out + c with v < V; bit 0 is −1, bit 1 is +1 (IntWeightedNode says where not). */
  readonly codes: Uint8Array;
}

/**
 * z_c = Σ_i multipliers[i][c]·acc_{i,c} + m_r·r + beta[c], with r the residual input (IntResidual) where there is one;
 * joined planes have one multiplier: z_c = multipliers[0][c]·Σ_i 2^i·acc_{i,c} + m_r·r + beta[c]. With an output stage
 * y_c = clamp((z_c + 2^(shift−1)) >> shift, low, high) (no rounding term at shift 0); without one (`null`, last layer) the
 * stream carries z itself.
 */
export interface Requantiser {
  /** The scales of the planes are 2^i times one scale, so that plane i is shifted by i and added before one multiplier. */
  readonly joined: boolean;
  /** Per plane (one row where the planes are joined), C_out signed integers. */
  readonly multipliers: readonly Int32Array[];
  readonly multiplierBits: number;
  /**
   * The model states the quantiser of the output: bits of output and multipliers are its own, not those of the network.
   * `exact`: y is the quantiser's integer for every sum; `near`: for all but some next to a step.
   */
  readonly quantised?: 'exact' | 'near';
  /** C_out integers. */
  readonly beta: Float64Array;
  readonly output: { readonly shift: number; readonly low: number; readonly high: number } | null;
}

/**
 * Widths of a weighted layer's intermediates, from interval analysis over its trained weights (over any weights where the
 * network is loadable), all channels together.
 */
export interface Widths {
  /** Σ a over the window elements whose bit is 1, of any plane, partial sums included (hardware accumulates this). */
  readonly selected: IntFormat;
  /** Σ a over the window, partial sums included. */
  readonly sum: IntFormat;
  /** acc = Σ b·a = 2·selected − sum, of any plane. */
  readonly dot: IntFormat;
  /** What a multiplier takes: acc of any plane, or Σ_i 2^i·acc_i where planes are joined. */
  readonly multiplicand: IntFormat;
  /** z with its rounding term 2^(shift−1) added, and every partial sum beta + 2^(shift−1) + m_r·r + Σ_{i<j} m_i·acc_i on the way; also holds beta + 2^(shift−1) alone. */
  readonly scaled: IntFormat;
}

interface IntNamed {
  /** An identifier, used once. */
  readonly name: string;
  readonly outputTensor: IntTensor;
}

interface IntNodeBase extends IntNamed {
  /** Name of the node that feeds this one, or 'input'. */
  readonly input: string;
  readonly inputTensor: IntTensor;
}

/** Second input of a weighted node, of the shape of its output: element r of it takes part in z of the same element. */
export interface IntResidual {
  /** Name of the node that feeds it, or 'input'. */
  readonly input: string;
  readonly tensor: IntTensor;
  /** m_r, of at most 32 signed bits. */
  readonly multiplier: number;
}

export interface IntWeightedNode extends IntNodeBase {
  /** V: elements of the window that one output channel sees; k_h·k_w·C_in/groups of a convolution. */
  readonly windowSize: number;
  readonly outChannels: number;
  readonly planes: readonly IntPlane[];
  /**
   * The planes are the bits of integers in two's complement: acc_i = Σ a over the elements whose bit is 1, and the last of
   * the joined planes counts −2^i. Absent: acc_i = Σ b·a with b = −1 or +1.
   */
  readonly twosComplement?: true;
  readonly residual: IntResidual | null;
  readonly requantiser: Requantiser;
  readonly widths: Widths;
}

/**
 * Output channel c sees the C_in/groups input channels of its group ⌊c·groups/C_out⌋: window element
 * v = (ky·k_w + kx)·C_in/groups + ci is channel group·C_in/groups + ci of pixel
 * [y·stride_v + ky·dilation_v − top, x·stride_h + kx·dilation_h − left].
 */
export interface IntConvNode extends IntWeightedNode {
  readonly kind: 'conv';
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  /** [top, left, bottom, right]; padded elements are 0. */
  readonly padding: readonly [number, number, number, number];
  /** Pixels from one tap to the next; [1, 1] is an ordinary window. */
  readonly dilation: readonly [vertical: number, horizontal: number];
  /** Divides C_in and C_out; 1 is an ordinary convolution, C_in a depthwise one. */
  readonly groups: number;
}

export interface IntDenseNode extends IntWeightedNode {
  readonly kind: 'dense';
}

/** Exact maximum; padded elements never win. Format and scale pass through. */
export interface IntMaxPoolNode extends IntNodeBase {
  readonly kind: 'maxPool';
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly padding: readonly [number, number, number, number];
}

/** Exact sum over the window, padded elements as 0; the scale is 1/(k_h·k_w) of the input's, so the value is the mean. */
export interface IntAvgPoolNode extends IntNodeBase {
  readonly kind: 'avgPool';
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly padding: readonly [number, number, number, number];
}

/** Keeps pixels (v·i, h·j) of stride [v, h], with channels of 0 before and after. Format and scale pass through. */
export interface IntSubsampleNode extends IntNodeBase {
  readonly kind: 'subsample';
  readonly stride: readonly [vertical: number, horizontal: number];
  readonly channelPadding: readonly [before: number, after: number];
}

/**
 * Tensors side by side: of every pixel the channels of the first input, then those of the second, and so on. All inputs and
 * the output have one height, one width, one format and one scale, so that no number changes.
 */
export interface IntConcatNode extends IntNamed {
  readonly kind: 'concat';
  /** Names of the nodes that feed it, or 'input'; at least two, all different. */
  readonly inputs: readonly string[];
  /** The tensor of each input. */
  readonly inputTensors: readonly IntTensor[];
}

export type IntPoolNode = IntMaxPoolNode | IntAvgPoolNode;

export type IntNode = IntConvNode | IntDenseNode | IntPoolNode | IntSubsampleNode | IntConcatNode;

/** How a value becomes an integer of the input (src/model/quantiser.ts). */
export type IntInputQuantiser =
  | {
      readonly kind: 'uniform';
      readonly bits: number;
      readonly signed: boolean;
      readonly narrow: boolean;
      readonly scale: number;
      readonly rounding: 'half-even' | 'half-up' | 'half-away' | 'half-to-zero' | 'floor' | 'ceil' | 'away' | 'to-zero';
    }
  | { readonly kind: 'bipolar'; readonly scale: number };

/** The bits that lowering was asked for. */
export interface LoweredBits {
  /** Bits of the outputs of hidden layers that are rounded. */
  readonly activationBits: number;
  /** Bits of the outputs of these layers instead, by name. */
  readonly layerBits: Readonly<Record<string, number>>;
  /** Bits of the requantisers' multipliers, sign included. */
  readonly multiplierBits: number;
  /** Bits of the network's input. */
  readonly inputBits: number;
  /** Binary planes of layers that the model keeps at full precision. */
  readonly floatBits: number;
}

export interface IntNetwork {
  /** Name of the model. */
  readonly name: string;
  /** SHA-256 of the model file's tensor bytes, hexadecimal. */
  readonly modelDigest: string;
  /** The bits that it was lowered with, which its nodes keep; null for a network that was not lowered from a model. */
  readonly bits: LoweredBits | null;
  /**
   * The widths hold for any weights, multipliers and betas of these sizes, so that hardware may let others be loaded; else
   * they hold for the weights of this network only.
   */
  readonly loadable: boolean;
  readonly input: IntTensor;
  /** Absent: floor(x/scale + 1/2), clamped to the format. */
  readonly inputQuantiser?: IntInputQuantiser;
  /** x is (p/255 − mean)/std of a number p of the data, channel by channel; absent where no model says so. */
  readonly preprocessing?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /**
   * In stream order: every node stands behind those that it reads. Several may read one. The last one yields the logits; it
   * alone is read by none.
   */
  readonly nodes: readonly IntNode[];
  readonly classes: readonly string[];
}
