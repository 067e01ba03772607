/** What the cost and the paths of the unit depend on. */
export interface HeldDecryptorParameters {
  /** Ones in each row of M⊕; N_out rows. */
  readonly taps: readonly number[];
  readonly nIn: number;
  readonly slices: number;
  readonly pe: number;
  readonly phase: number;
  /** Slices in which lanes start inside one are loaded at run time. */
  readonly loaded: boolean;
}
