/**
 * The compression ratio as the paper's Table 5 counts it (ResNet-32 on CIFAR-10): 32 bits for every weight and bias of
 * the float network, against r·460,800 encrypted bits, the first layer's 432 weights and 1,120 α at 32 bits each. The
 * last layer is a parameter of the float network and is not counted as stored; M⊕ and batch norm are counted nowhere.
 * The full count of this project (M⊕, biases, batch norm) is beside it in `inventory`.
 */

/** Bits of a number at full precision. */
export const FLOAT_BITS = 32;

export interface PaperCounts {
  /** Weights and biases of the float network, all layers. */
  readonly parameters: number;
  readonly encryptedBits: number;
  /** α, and weights of layers kept at full precision but for the last layer. */
  readonly storedFloats: number;
}

/** How many times smaller, in the paper's count. */
export function paperCompression({ parameters, encryptedBits, storedFloats }: PaperCounts): number {
  return (FLOAT_BITS * parameters) / (encryptedBits + FLOAT_BITS * storedFloats);
}
