/** A row of a sweep: medians over the matrices of a kind, and what follows from them. */
import { RAM_UM2_PER_BIT, ROM_UM2_PER_BIT } from '../../area/memory-density.js';
import { areaBreakEven } from '../targets.js';
import type { Sizes, SweepRow } from './types.js';
import { slicesOf } from './variants.js';
import type { Kind, Variant } from './variants.js';

/** A matrix with what synthesis made of its circuit and of its decryptor. */
export interface MeasuredVariant {
  readonly variant: Variant;
  readonly circuit: Sizes;
  readonly decryptor: Sizes;
}

/** What rows are set against. */
export interface Baseline {
  readonly pe: number;
  /** The plain register. */
  readonly plain: Sizes;
  /** The reference layer, with the plain register in it. */
  readonly logic: Sizes;
}

export function rowOf(kind: Kind, variants: readonly MeasuredVariant[], { pe, plain, logic }: Baseline): SweepRow {
  const over = (of: (each: MeasuredVariant) => number): number => median(variants.map(of));
  const sizes = (part: 'circuit' | 'decryptor'): Sizes => ({
    asic: over((each) => each[part].asic),
    xcup: over((each) => each[part].xcup),
    nand2: over((each) => each[part].nand2),
  });
  const decryptor = sizes('decryptor');
  const share = (key: keyof Sizes): number => decryptor[key] / (logic[key] - plain[key] + decryptor[key]);
  const savedBits = 1 - kind.nIn / kind.nOut;
  const slices = slicesOf(kind, pe);
  const saved = { sram: savedBits * RAM_UM2_PER_BIT, rom: savedBits * ROM_UM2_PER_BIT };
  const addedUm2 = decryptor.asic - plain.asic;
  return {
    ...kind,
    distinctRows: over(({ variant }) => variant.distinctRows),
    naiveGates: over(({ variant }) => variant.circuit.naiveGateCount),
    gates: over(({ variant }) => variant.circuit.gateCount),
    depth: over(({ variant }) => variant.circuit.depth),
    slices,
    registerBits: slices * kind.nOut,
    circuit: sizes('circuit'),
    decryptor,
    perWeightBit: { asic: decryptor.asic / pe, xcup: decryptor.xcup / pe, nand2: decryptor.nand2 / pe },
    share: { asic: share('asic'), xcup: share('xcup') },
    savedUm2PerWeight: saved,
    breakEvenWeights: { sram: areaBreakEven(addedUm2, saved.sram, 1), rom: areaBreakEven(addedUm2, saved.rom, 1) },
  };
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
