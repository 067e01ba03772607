/** What an area report holds. Counts are cells of the target after synthesis, before placement. */

export const AREA_TARGETS = ['xilinx', 'ice40', 'ecp5', 'gates'] as const;
export type AreaTarget = (typeof AREA_TARGETS)[number];

/** Resources in the target's units; what a target does not have is 0. */
export interface Resources {
  /** Look-up tables that compute: LUT1 to LUT6 on Xilinx, LUT4 on the others. */
  readonly luts: number;
  /** Look-up tables that serve as memory. */
  readonly lutRams: number;
  /** Inverters that synthesis left beside the LUTs (Xilinx); placement absorbs most of them. */
  readonly inverters: number;
  readonly flipFlops: number;
  /** Block RAMs: Xilinx in halves of 18 kbit, iCE40 of 4 kbit, ECP5 of 18 kbit. */
  readonly blockRams: number;
  readonly multipliers: number;
  /** Logic and flip-flops in areas of a NAND2 (target `gates`). */
  readonly nand2: number;
  /** Bits of memories that were kept as memories (target `gates`). */
  readonly romBits: number;
  readonly ramBits: number;
}

/** One synthesis. */
export interface UnitArea {
  readonly resources: Resources;
  /** Cells by type, as Yosys names them. */
  readonly cells: Readonly<Record<string, number>>;
  /** Most cells on a path through logic, from register or port to register or port; carry cells count. */
  readonly depth: number;
}

/** Bits that a layer's weights take. */
export interface WeightBits {
  /** Weights times planes: what a plain 1-bit network would have to store. */
  readonly weightBits: number;
  /** Encrypted bits of the model. */
  readonly encryptedBits: number;
  /** Bits of the generated memories, packing and lane overlaps included. */
  readonly storedBits: number;
  /** The same for a plain 1-bit network with the same fold. */
  readonly plainStoredBits: number;
}

export interface LayerArea {
  readonly name: string;
  readonly kind: 'conv' | 'dense' | 'maxPool';
  readonly pe: number | null;
  readonly simd: number | null;
  readonly area: UnitArea;
  /** All decryptors of the layer, planes and lanes, synthesised alone; null for layers without weights. */
  readonly decryptor: UnitArea | null;
  /** The layer of a plain 1-bit network with the same fold; null where not asked for. */
  readonly plain: UnitArea | null;
  readonly weights: WeightBits | null;
}

export interface AreaReport {
  readonly model: string;
  readonly modelDigest: string;
  readonly target: AreaTarget;
  /** The target in words. */
  readonly targetTitle: string;
  readonly yosysVersion: string;
  readonly cyclesPerFrame: number;
  readonly layers: readonly LayerArea[];
  /** Ports, FIFOs between them and the first layer, and the classifier. */
  readonly rest: UnitArea;
  readonly total: Resources;
  readonly decryptorTotal: Resources;
  /** Plain 1-bit network with the same fold; null where not asked for. */
  readonly plainTotal: Resources | null;
  readonly weights: WeightBits;
  /** True where every synthesis was found in the cache. */
  readonly cached: boolean;
}
