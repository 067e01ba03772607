/** What the solver chooses from and what it gives. */
import type { Cost } from '../cost/model.js';
import type { Fold, LayerFold } from '../types.js';

/** A fold of one layer: cycles a frame, and what the layer then costs, in whole LUTs and flip-flops. */
export interface FoldOption {
  readonly fold: LayerFold;
  readonly cycles: number;
  readonly cost: Cost;
}

/** PE and SIMD of a layer, which decide its cycles, and the folds with them. */
export interface LaneOptions {
  readonly pe: number;
  readonly simd: number;
  readonly cycles: number;
  /** Less than what any of the folds takes, and quicker to tell. */
  readonly least: Cost;
  readonly options: readonly FoldOption[];
}

export interface LayerOptions {
  readonly name: string;
  /** By rising cycles; the first are the widest. */
  readonly lanes: readonly LaneOptions[];
}

/** Cycles that a node takes whatever its fold: what goes over its streams, or what a pool reads, `width` elements a cycle. */
export interface FixedCycles {
  readonly name: string;
  readonly elements: number;
  readonly cycles: number;
  readonly width: number;
}

/** What there is to choose from where the widths of all streams are given. */
export interface FoldProblem {
  /** Weighted layers, in stream order. */
  readonly layers: readonly LayerOptions[];
  readonly fixed: readonly FixedCycles[];
  /** Pools, shortcuts, ports, and the FIFOs of forks that are reserved: the same for every fold. */
  readonly base: Cost;
}

/** The problems of a network: which one it is depends on the cycles a frame. */
export interface FoldSpace {
  /** What there is to choose from for frames every so many cycles. */
  at(cycles: number): FoldProblem;
  /** The ranges of cycles with one problem each, the fastest first, the last one without end. */
  ranges(): readonly CycleRange[];
}

export interface CycleRange {
  readonly from: number;
  readonly below: number;
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
  /** Of the whole design. */
  readonly cost: Cost;
  /** By layer: its option. */
  readonly chosen: readonly { readonly name: string; readonly option: FoldOption }[];
}
