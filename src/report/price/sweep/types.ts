/**
 * The price of a decryptor over kinds of M⊕: N_out, N_in/N_out, taps. The field names are those of
 * `flexor price-sweep --json`; figures of a row are medians over its seeds.
 */

import type { PerMemory } from '../types.js';

/** Targets that a sweep measures: µm² and NAND2 of the one, LUTs of the other. */
export const SWEEP_TARGETS = ['asic', 'xcup'] as const;
export type SweepTarget = (typeof SWEEP_TARGETS)[number];

/** Ones in every row of M⊕, or each entry 0 or 1 with equal chance. */
export type Taps = number | 'random';

export interface SweepRequest {
  /** N_out. */
  readonly outputs: readonly number[];
  /** N_in/N_out, from above 0 to 1; N_in is rounded, and each N_in taken once. */
  readonly ratios: readonly number[];
  readonly taps: readonly Taps[];
  /** Matrices of each kind. */
  readonly seeds: number;
  readonly firstSeed: number;
  /** Weight bits that a decryptor hands out a cycle. */
  readonly pe: number;
  /** Steps of the search for the smallest XOR circuit. */
  readonly iterations: number;
}

/** Logic of one thing on both targets. */
export interface Sizes {
  /** µm² (`asic`) or LUTs (`xcup`). */
  readonly asic: number;
  readonly xcup: number;
  /** NAND2 equivalents (`asic`). */
  readonly nand2: number;
}

export interface SweepRow {
  readonly nOut: number;
  readonly nIn: number;
  /** N_in/N_out as asked for; N_in is rounded. */
  readonly ratio: number;
  readonly taps: Taps;
  /** Rows of M⊕ that differ: equal ones make equal weights, and their register bits are one. */
  readonly distinctRows: number;
  /** Two-input XORs of one circuit, a chain per row. */
  readonly naiveGates: number;
  /** After minimisation. */
  readonly gates: number;
  /** Gates on the longest path of the minimised circuit. */
  readonly depth: number;
  /** XOR circuits side by side in a decryptor. */
  readonly slices: number;
  readonly registerBits: number;
  /** One XOR circuit. */
  readonly circuit: Sizes;
  /** The decryptor of one lane: XOR circuits and register. */
  readonly decryptor: Sizes;
  /** decryptor / PE: for each weight bit that comes out in a cycle. */
  readonly perWeightBit: Sizes;
  /** Logic of the reference layer that is decryptor. */
  readonly share: Pick<Sizes, SweepTarget>;
  /** Memory saved a weight: (1 − N_in/N_out) · µm² a bit. */
  readonly savedUm2PerWeight: PerMemory<number>;
  /** Weights behind one decryptor from which the memory saved outweighs what it adds, µm²; null: never. */
  readonly breakEvenWeights: PerMemory<number | null>;
}

export interface SweepReport {
  readonly request: SweepRequest;
  readonly yosysVersion: string;
  /** Liberty library of `asic`. */
  readonly library: string;
  /** Density, µm² a bit. */
  readonly memoryUm2PerBit: PerMemory<number>;
  /** What stands in the plain design in place of the decryptor: a register of PE bits. */
  readonly plainRegister: Sizes;
  /** The layer that `share` refers to, with the plain register. */
  readonly referenceLayer: { readonly title: string; readonly logic: Sizes };
  readonly rows: readonly SweepRow[];
}
