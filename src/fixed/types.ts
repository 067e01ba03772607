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
}

/** One plane of binary weight codes, encrypted and decrypted. */
export interface IntPlane {
  readonly nIn: number;
  readonly nOut: number;
  /** M⊕, row-major [N_out][N_in], 0 or 1. */
  readonly matrix: Uint8Array;
  /** Encrypted bits in stored order, one 0/1 per element: slices·N_in. */
  readonly encrypted: Uint8Array;
  /** Decrypted bits, one 0/1 per element, index v·C_out + c; bit 0 is −1, bit 1 is +1. */
  readonly codes: Uint8Array;
}

/**
 * z_c = Σ_i multipliers[i][c]·acc_{i,c} + beta[c]. With an output stage y_c = clamp((z_c + 2^(shift−1)) >> shift,
 * low, high) (no rounding term at shift 0); without one (`null`, last layer) the stream carries z itself.
 */
export interface Requantiser {
  /** Per plane, C_out signed integers. */
  readonly multipliers: readonly Int32Array[];
  readonly multiplierBits: number;
  /** C_out integers. */
  readonly beta: Float64Array;
  readonly output: { readonly shift: number; readonly low: number; readonly high: number } | null;
}

/** Widths of a weighted layer's intermediates, from interval analysis over its trained weights, all channels together. */
export interface Widths {
  /** Σ a over the window elements whose bit is 1, of any plane, partial sums included (hardware accumulates this). */
  readonly selected: IntFormat;
  /** Σ a over the window, partial sums included. */
  readonly sum: IntFormat;
  /** acc = Σ b·a = 2·selected − sum, of any plane. */
  readonly dot: IntFormat;
  /** z with its rounding term 2^(shift−1) added, and every partial sum beta + 2^(shift-1) + Σ_{i<j} m_i·acc_i on the way; also holds beta + 2^(shift−1) alone. */
  readonly scaled: IntFormat;
}

interface IntNodeBase {
  readonly name: string;
  /** Name of the node that feeds this one, or 'input'. */
  readonly input: string;
  readonly inputTensor: IntTensor;
  readonly outputTensor: IntTensor;
}

export interface IntWeightedNode extends IntNodeBase {
  /** V: elements of the window. */
  readonly windowSize: number;
  readonly outChannels: number;
  readonly planes: readonly IntPlane[];
  readonly requantiser: Requantiser;
  readonly widths: Widths;
}

export interface IntConvNode extends IntWeightedNode {
  readonly kind: 'conv';
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [vertical: number, horizontal: number];
  /** [top, left, bottom, right]; padded elements are 0. */
  readonly padding: readonly [number, number, number, number];
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

export type IntNode = IntConvNode | IntDenseNode | IntMaxPoolNode;

export interface IntNetwork {
  /** Name of the model. */
  readonly name: string;
  /** SHA-256 of the model file's tensor bytes, hexadecimal. */
  readonly modelDigest: string;
  readonly input: IntTensor;
  /** In stream order: a chain in which every node reads the one before it. The last node yields the logits. */
  readonly nodes: readonly IntNode[];
  readonly classes: readonly string[];
}
