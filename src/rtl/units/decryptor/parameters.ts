/** What the cost and the paths of the unit depend on. */
export interface DecryptorParameters {
  /** Ones in each row of M⊕; N_out rows. */
  readonly taps: readonly number[];
  readonly slices: number;
  readonly pe: number;
  readonly phase: number;
  /** 1: decrypted words go through a register before they are loaded; 0. */
  readonly load?: number;
}
