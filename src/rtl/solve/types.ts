/** What the solver chooses from and what it gives. */
import type { Cost } from '../cost/model.js';
import type { Fold, LayerFold } from '../types.js';

/** A fold of one layer: cycles a frame, and what the layer then costs, in whole LUTs and flip-flops. */
export interface FoldOption {
  readonly fold: LayerFold;
  readonly cycles: number;
  readonly cost: Cost;
}

export interface LayerOptions {
  readonly name: string;
  /** By rising cycles; the first is the widest fold. */
  readonly options: readonly FoldOption[];
}

/** A node whose cycles no fold changes: what goes over its streams, or what a pool reads. */
export interface FixedCycles {
  readonly name: string;
  readonly cycles: number;
}

export interface FoldProblem {
  /** Weighted layers, in stream order. */
  readonly layers: readonly LayerOptions[];
  readonly fixed: readonly FixedCycles[];
  /** Pools, shortcuts and ports: the same for every fold. FIFOs of forks are not in it. */
  readonly base: Cost;
}

/** Most that a design may take; null: no limit. LUTs count those that serve as memory too. */
export interface Budgets {
  readonly luts: number | null;
  readonly multipliers: number | null;
  readonly memoryBits: number | null;
  readonly bram18: number | null;
}

export const NO_BUDGETS: Budgets = { luts: null, multipliers: null, memoryBits: null, bram18: null };

export interface Solution {
  readonly fold: Fold;
  /** Static cycles a frame of the busiest unit. */
  readonly cycles: number;
  /** Of the whole design, but for the FIFOs of forks. */
  readonly cost: Cost;
  /** By layer: its option. */
  readonly chosen: readonly { readonly name: string; readonly option: FoldOption }[];
}
