/** What an area report holds. Counts are cells of the target after synthesis, before placement. */
import type { IntNode } from '../../fixed/types.js';
import type { AreaPart } from '../../rtl/units/types.js';
import type { Placement, PlacementRun } from '../../toolchain/nextpnr.js';

/** What area is measured for. @internal */
export const AREA_TARGETS = ['xcup', 'xc7', 'ecp5', 'ice40', 'asic', 'gates'] as const;
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
  /** Logic and flip-flops in areas of a NAND2 (targets `gates` and `asic`). */
  readonly nand2: number;
  /** Cells of the Liberty file, µm² (target `asic`). */
  readonly logicUm2: number;
  /** Memories by their bits and the densities of `memory-density.ts`, µm² (target `asic`). */
  readonly memoryUm2: number;
  /** Bits of memories that were kept as memories (targets `gates` and `asic`). */
  readonly romBits: number;
  readonly ramBits: number;
}

/** Where a path begins or ends; `instance` is empty in the top itself, `module` null where synthesis left no name. */
export interface PathPlace {
  readonly instance: string;
  readonly module: string | null;
  readonly register: string;
}

/** The path that takes longest, from register, memory or port to register, memory or port. */
export interface LongestPath {
  /** By the delays of `paths/delays.ts` before placement (xcup), or by nextpnr after place and route. */
  readonly source: 'estimated' | 'placed';
  readonly ns: number;
  readonly luts: number;
  readonly carries: number;
  readonly from: PathPlace;
  readonly to: PathPlace;
  /** Modules that it passes, in order, as far as wires on it have kept their names. */
  readonly modules: readonly string[];
}

/** One synthesis, or several that were added up: then depth and path are the greatest. */
export interface UnitArea {
  readonly resources: Resources;
  /** Cells by type, as Yosys names them. */
  readonly cells: Readonly<Record<string, number>>;
  /** Most cells on a path through logic, from register or port to register or port; carry cells count. */
  readonly depth: number;
  /**
   * Estimated critical path: `asic` by ABC with the delays of the Liberty file, `ice40` and `ecp5` with place and route
   * by nextpnr, `xcup` by the delays of `paths/delays.ts`;
   * null where it is not estimated.
   */
  readonly criticalPathNs: number | null;
  /** Null for targets without an estimate or place and route, and for sums. */
  readonly path: LongestPath | null;
}

/** All cells of a part of a layer, synthesised with the boundaries of its modules kept. */
export interface PartArea {
  readonly part: AreaPart;
  /** Modules that were counted, every instance. */
  readonly instances: number;
  readonly area: UnitArea;
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
  readonly kind: IntNode['kind'];
  readonly pe: number | null;
  readonly simd: number | null;
  /** The layer flattened: what a user gets. */
  readonly area: UnitArea;
  /** In the order of AREA_PARTS; parts that the layer does not have are left out. */
  readonly parts: readonly PartArea[];
  /** area − Σ parts: what synthesis gains (negative) or loses where it works across the boundaries of the parts. */
  readonly merged: Resources;
  /** All decryptors of the layer, planes and lanes, flattened together, alone; null for layers without weights. */
  readonly decryptor: UnitArea | null;
  /** The layer of a plain 1-bit network with the same fold; null where not asked for. */
  readonly plain: UnitArea | null;
  readonly weights: WeightBits | null;
}

/** The whole design in one synthesis, beside the sum of layers and ports. */
export interface FlatArea {
  readonly area: UnitArea;
  /** whole − sum, resource by resource. */
  readonly difference: Resources;
}

/** The Liberty file of target `asic`. */
export interface LibraryInfo {
  /** Its `library (...)` name. */
  readonly name: string;
  /** SHA-256 of the file. */
  readonly digest: string;
}

/** A seed of nextpnr and what limits the clock with it. */
export interface DesignRun extends Omit<PlacementRun, 'path'> {
  /** The layer in which the path ends; null outside the layers. */
  readonly layer: string | null;
  readonly path: LongestPath | null;
}

export interface DesignPlacement extends Omit<Placement, 'runs'> {
  readonly runs: readonly DesignRun[];
}

export interface AreaReport {
  readonly model: string;
  readonly modelDigest: string;
  readonly target: AreaTarget;
  /** The target in words. */
  readonly targetTitle: string;
  /** Null where the target has no Liberty file. */
  readonly library: LibraryInfo | null;
  readonly yosysVersion: string;
  readonly cyclesPerFrame: number;
  readonly layers: readonly LayerArea[];
  /** Ports, FIFOs between them and the first layer, forks with the FIFOs of their branches, and the classifier. */
  readonly rest: UnitArea;
  /** Layers and rest. */
  readonly total: Resources;
  readonly decryptorTotal: Resources;
  /** Plain 1-bit network with the same fold; null where not asked for. */
  readonly plainTotal: Resources | null;
  readonly weights: WeightBits;
  /** The greatest of the layers and the rest. */
  readonly depth: number;
  /** As `depth`; with place and route, of the whole design. */
  readonly criticalPathNs: number | null;
  /** Null where not asked for. */
  readonly flat: FlatArea | null;
  /** Place and route of the whole design; null where not asked for. */
  readonly placement: DesignPlacement | null;
}
