import type { GroupSums } from '../group-sums.js';

/** What the cost and the paths of the unit depend on. */
export interface RequantiserParameters extends GroupSums {
  readonly multiplierBits: number;
  readonly scaledBits: number;
  /** Null: the last layer, which gives z itself. */
  readonly shift: number | null;
  /** What differs in the table of multipliers and beta; null: everything. */
  readonly table: { readonly multiplierColumns: number; readonly betaColumns: number } | null;
  /** Bits of the residual stream and of its multiplier. */
  readonly residual: { readonly bits: number; readonly multiplierBits: number } | null;
  /** 1: products go through a second register; 0. */
  readonly product?: number;
}
