/** What all weighted layers of a model store together, and how many times smaller that is than 32-bit weights. */
import { FLOAT_BITS, paperCompression } from './compression.js';

/** What a weighted layer stores, in bits, and what it computes with that. */
export interface StoredBits {
  readonly weights: number;
  /** Bits that are stored for the weights: q·slices·N_in; surplus of the last slice included. */
  readonly encryptedBits: number;
  /** Bits of weights at full precision; 0 for binary codes. */
  readonly floatBits: number;
  readonly matrixBits: number;
  readonly alphaBits: number;
  readonly biasBits: number;
  readonly batchNormBits: number;
  /** Multiply-accumulates of one image, padding included. */
  readonly macs: number;
}

export interface Totals extends StoredBits {
  /** Encrypted bits and full-precision weights at 32 bits, a weight. */
  readonly bitsPerWeight: number;
  /** 32 bits a weight. */
  readonly floatWeightBits: number;
  /** How many times smaller than with 32-bit float weights. */
  readonly compression: {
    /** floatWeightBits / (encryptedBits + floatBits). */
    readonly weights: number;
    /** As the paper's Table 5 counts (compression.ts). */
    readonly paper: number;
    /** floatWeightBits / (encryptedBits + floatBits + matrixBits + alphaBits). */
    readonly weightsMatrixAlpha: number;
    /** The same with biases and batch norm on both sides. */
    readonly everything: number;
  };
}

/** Sums over the weighted layers, which stand in network order: the paper does not count the last one as stored. */
export function sumUp(layers: readonly StoredBits[]): Totals {
  const total = (key: keyof StoredBits) => layers.reduce((sum, layer) => sum + layer[key], 0);
  const weights = total('weights');
  const encryptedBits = total('encryptedBits');
  const floatBits = total('floatBits');
  const matrixBits = total('matrixBits');
  const alphaBits = total('alphaBits');
  const biasBits = total('biasBits');
  const batchNormBits = total('batchNormBits');
  const floatWeightBits = weights * FLOAT_BITS;
  const stored = encryptedBits + floatBits + matrixBits + alphaBits;
  const others = biasBits + batchNormBits;
  return {
    weights,
    encryptedBits,
    floatBits,
    bitsPerWeight: (encryptedBits + floatBits) / weights,
    matrixBits,
    alphaBits,
    biasBits,
    batchNormBits,
    macs: total('macs'),
    floatWeightBits,
    compression: {
      weights: floatWeightBits / (encryptedBits + floatBits),
      paper: paperCompression({
        parameters: weights + biasBits / FLOAT_BITS,
        encryptedBits,
        storedFloats: (alphaBits + floatBits - (layers.at(-1)?.floatBits ?? 0)) / FLOAT_BITS,
      }),
      weightsMatrixAlpha: floatWeightBits / stored,
      everything: (floatWeightBits + others) / (stored + others),
    },
  };
}
