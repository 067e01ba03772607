/** Weights of a float layer as the planes that hardware stores, and the scales that its requantiser folds in. */
import { unpackBits } from '../base/bits.js';
import type { CodePlane, ConvNode, DenseNode } from '../model/types.js';
import { decrypt, identityMatrix, sliceCount } from '../xor/matrix.js';
import { floatCodes } from './float-codes.js';
import type { IntPlane } from './types.js';

export interface LoweredWeights {
  readonly planes: readonly IntPlane[];
  /** Per multiplier, one scale a channel: α of every plane, or the common scale of joined planes. */
  readonly alphas: readonly Float64Array[];
  /** Plane i counts 2^i times the common scale. */
  readonly joined: boolean;
  /** The planes are bits of integers (fixed/types.ts). */
  readonly twosComplement?: true;
}

/** Most bits of a slice of a full-precision layer. */
const MAX_PLAIN_SLICE = 8;

/** `window`: elements of the layer's window; `floatBits`: planes of a full-precision layer. */
export function lowerWeights(node: ConvNode | DenseNode, window: number, floatBits: number): LoweredWeights {
  const { weights, outChannels } = node;
  if (weights.encoding === 'xor') {
    const planes = weights.planes.map((plane) => lowerPlane(plane, window * outChannels));
    return { planes, alphas: weights.planes.map(({ alpha }) => Float64Array.from(alpha)), joined: false };
  }
  if (weights.encoding === 'int') {
    const planes = Array.from({ length: weights.bits }, (_, i) =>
      plainPlane(
        Uint8Array.from(weights.values, (k) => (k >> i) & 1),
        outChannels,
      ),
    );
    return { planes, alphas: [Float64Array.from(weights.scale)], joined: true, twosComplement: true };
  }
  const { codes, alphas, joined } = floatCodes(weights.values, outChannels, floatBits);
  return { planes: codes.map((bits) => plainPlane(bits, outChannels)), alphas, joined };
}

function lowerPlane({ matrix, encrypted }: CodePlane, weights: number): IntPlane {
  const bits = unpackBits(encrypted, sliceCount(weights, matrix) * matrix.nIn);
  const codes = decrypt(bits, matrix, weights);
  return { nIn: matrix.nIn, nOut: matrix.nOut, matrix: matrix.bits, encrypted: bits, codes };
}

/** Codes stored as they are: M⊕ is the identity, as wide as words of whole channels let it be, and costs no gate. */
export function plainPlane(codes: Uint8Array, outChannels: number): IntPlane {
  const n = plainWidth(outChannels);
  return { nIn: n, nOut: n, matrix: identityMatrix(n).bits, encrypted: codes, codes };
}

/** Bits of a slice of codes that are stored as they are. */
export function plainWidth(outChannels: number): number {
  let n = MAX_PLAIN_SLICE;
  while (outChannels % n !== 0) n--;
  return n;
}
