/**
 * What a price report holds: what FleXOR costs (XOR gates, registers, area, energy) and what it saves (stored bits, reads,
 * block RAMs, energy) against the plain 1-bit network with the same fold. Counts are exact; energies are estimates with
 * the constants of `energy-constants.ts`. The field names are those of `flexor price --json`.
 */
import type { StreamActivity } from '../../rtl/layers/weighted/units.js';
import type { MacActivity } from '../../rtl/layers/weighted/units.js';
import type { AreaTarget, WeightBits } from '../area/types.js';

/** The same quantity of the FleXOR design and of the plain 1-bit design with the same fold. */
export interface FlexorAndPlain {
  readonly flexor: number;
  readonly plain: number;
}

/** The same for weights in SRAM, which can be loaded, and in ROM. */
export interface PerMemory<T> {
  readonly sram: T;
  readonly rom: T;
}

/** The decryptors of a layer as logic, whatever the target. */
export interface DecryptorLogic {
  /** XOR circuits: slices a word × lanes × planes. */
  readonly copies: number;
  /** Two-input XOR gates of all copies. */
  readonly xorGates: number;
  /** The same with a chain of XORs per row of M⊕. */
  readonly naiveXorGates: number;
  /** XOR gates on the longest path. */
  readonly depth: number;
  /** Bits of the registers that hand out the weights, all lanes and planes. */
  readonly registerBits: FlexorAndPlain;
}

/** What the weight memory gives in a frame; a convolution reads all its weights again for every output pixel. */
export interface MemoryTraffic {
  readonly reads: FlexorAndPlain;
  readonly bitsRead: FlexorAndPlain;
}

/** Logic and memory in one target's units. */
export interface TargetPrice {
  readonly target: AreaTarget;
  /** What logic is counted in: LUTs, NAND2 equivalents or µm². */
  readonly unit: 'LUT' | 'NAND2' | 'µm²';
  /** Logic of the whole layer (in the total: of the whole design), flip-flops included in NAND2 and µm². */
  readonly logic: FlexorAndPlain;
  /** All decryptors alone: XOR circuits and registers. */
  readonly decryptor: number;
  /** decryptor / logic.flexor. */
  readonly share: number;
  /** Cells on the longest path through the decryptors. */
  readonly depth: number;
  /** Critical path of the decryptors alone, ns; null where the target has no delays. */
  readonly criticalPathNs: number | null;
  /** Block RAMs of the layer; null where the target has none. */
  readonly blockRams: FlexorAndPlain | null;
  /**
   * Area of the read-only contents (weights, multipliers and β) by stated density, µm², were they SRAM and as ROM; null
   * but for `asic`. What is too small for a memory is logic there.
   */
  readonly memoryUm2: PerMemory<FlexorAndPlain> | null;
  /**
   * Weights from which the µm² of memory saved outweigh the µm² of logic added, both measured against the plain design
   * and taken to grow with the weights and not at all; 0: it pays at once, null: never. Null but for `asic`.
   */
  readonly breakEvenWeights: PerMemory<number | null> | null;
}

/** Energy of a frame in pJ, 45 nm. */
export interface EnergyPrice {
  /** Rows of a decryptor word. */
  readonly memory: FlexorAndPlain;
  /** XOR circuits and registers; for the plain design the register that takes its place. */
  readonly decryptor: FlexorAndPlain;
  /** Null where no images were given. */
  readonly macArray: number | null;
  /** memory + decryptor. */
  readonly weights: FlexorAndPlain;
  /**
   * Weights in one memory from which reading fewer bits saves more than decryption takes, at this layer's activity;
   * null: never.
   */
  readonly breakEvenWeights: number | null;
}

export interface LayerPrice {
  readonly name: string;
  readonly kind: 'conv' | 'dense';
  readonly pe: number;
  readonly simd: number;
  readonly nIn: number;
  readonly nOut: number;
  readonly weights: WeightBits;
  /** plainStoredBits − storedBits. */
  readonly savedBits: number;
  readonly decryptor: DecryptorLogic;
  readonly traffic: MemoryTraffic;
  /** One a target, in the order in which areas were given. */
  readonly targets: readonly TargetPrice[];
  readonly activity: {
    readonly flexor: StreamActivity;
    readonly plain: StreamActivity;
    readonly mac: MacActivity | null;
  };
  readonly energy: EnergyPrice;
}

/** The weighted layers together; `targets[].logic` and `share` are of the whole design. */
export interface TotalPrice {
  readonly weights: WeightBits;
  readonly savedBits: number;
  readonly decryptor: DecryptorLogic;
  readonly traffic: MemoryTraffic;
  readonly targets: readonly TargetPrice[];
  /** `breakEvenWeights` is null here: it belongs to one memory. */
  readonly energy: EnergyPrice;
}

export interface PriceReport {
  readonly model: string;
  readonly modelDigest: string;
  readonly cyclesPerFrame: number;
  /** Tool and library of each target. */
  readonly measurements: readonly {
    readonly target: AreaTarget;
    readonly title: string;
    readonly yosysVersion: string;
    readonly library: string | null;
  }[];
  readonly layers: readonly LayerPrice[];
  readonly total: TotalPrice;
}
