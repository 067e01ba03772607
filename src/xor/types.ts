/** M⊕: the fixed XOR circuit of a plane. Imports nothing. */

/**
 * M⊕ ∈ {0,1}^{N_out × N_in}. Row j lists the encrypted bits whose XOR is weight bit j of a slice (FleXOR, section 2,
 * eq. 1 and 2). Every row has at least one 1.
 */
export interface XorMatrix {
  readonly nIn: number;
  readonly nOut: number;
  /** Row-major, N_out·N_in elements, each 0 or 1: `bits[j * nIn + i]`. */
  readonly bits: Uint8Array;
}
