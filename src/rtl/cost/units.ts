/**
 * The units that a layer is made of (modules of hw/, with the parameters that their cost depends on). A layer's cost is the
 * sum over its units.
 */
import type { WindowPlan } from '../plan.js';
import type { WeightSource } from '../types.js';

export interface FifoUnit {
  readonly kind: 'fifo';
  readonly width: number;
  readonly depth: number;
}

/** A FIFO in a memory with a registered read. */
export interface DeepFifoUnit {
  readonly kind: 'deepFifo';
  readonly width: number;
  readonly depth: number;
}

export interface SerialWindowUnit {
  readonly kind: 'serialWindow';
  readonly bits: number;
  /** Elements of a beat that comes in. */
  readonly inWidth: number;
  readonly window: WindowPlan;
  readonly simd: number;
  readonly steps: number;
}

export interface BankedWindowUnit {
  readonly kind: 'bankedWindow';
  readonly bits: number;
  readonly inWidth: number;
  readonly window: WindowPlan;
  readonly simd: number;
  readonly steps: number;
  readonly tapLanes: boolean;
  readonly blocks: number;
}

export interface VectorBufferUnit {
  readonly kind: 'vectorBuffer';
  readonly bits: number;
  readonly inWidth: number;
  readonly size: number;
  readonly simd: number;
  readonly steps: number;
}

/** Engine with its MAC array, without weight memory and decryptors. */
export interface EngineUnit {
  readonly kind: 'engine';
  readonly actBits: number;
  readonly simd: number;
  readonly pe: number;
  readonly groups: number;
  readonly steps: number;
  readonly planes: number;
  readonly accBits: number;
  readonly sumBits: number;
  readonly wordCycles: number;
  readonly reads: number;
  readonly rows: number;
}

/** Memory of weights (none where they are streamed in), and the register in which the rows of a word are gathered. */
export interface WeightMemoryUnit {
  readonly kind: 'weightMemory';
  readonly source: WeightSource;
  /** Of a row. */
  readonly width: number;
  /** Rows; of a bank, where there are two. */
  readonly depth: number;
  readonly gathered: number;
}

/** One lane of one plane. */
export interface DecryptorUnit {
  readonly kind: 'decryptor';
  /** Ones in each row of M⊕; N_out rows. */
  readonly taps: readonly number[];
  readonly slices: number;
  readonly pe: number;
  readonly phase: number;
}

export interface RequantiserUnit {
  readonly kind: 'requantiser';
  readonly pe: number;
  /** Channels a cycle. */
  readonly width: number;
  readonly groups: number;
  readonly planes: number;
  readonly accBits: number;
  readonly sumBits: number;
  readonly joined: boolean;
  readonly dotBits: number;
  readonly factorBits: number;
  readonly multiplierBits: number;
  readonly scaledBits: number;
  /** Null: the last layer, which gives z itself. */
  readonly shift: number | null;
  readonly outBits: number;
  /** What differs in the table of multipliers and beta; null: everything. */
  readonly table: { readonly multiplierColumns: number; readonly betaColumns: number } | null;
  /** Bits of the residual stream and of its multiplier. */
  readonly residual: { readonly bits: number; readonly multiplierBits: number } | null;
}

export interface PoolUnit {
  readonly kind: 'maxPool' | 'sumPool';
  readonly bits: number;
  readonly width: number;
  readonly channels: number;
  readonly taps: number;
  /** Of the result; equal to `bits` for a maximum. */
  readonly sumBits: number;
}

export interface SubsampleUnit {
  readonly kind: 'subsample';
  readonly bits: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly stride: readonly [number, number];
  readonly channelPadding: readonly [number, number];
}

/** Parts of a beat one after the other. */
export interface NarrowUnit {
  readonly kind: 'narrow';
  /** Of a part. */
  readonly bits: number;
  readonly ratio: number;
}

/** Guard of the AXI4-Stream input. */
export interface InputUnit {
  readonly kind: 'input';
  readonly bits: number;
  readonly elements: number;
}

export interface ClassifierUnit {
  readonly kind: 'classifier';
  readonly bits: number;
  readonly signed: boolean;
  readonly count: number;
}

export type Unit =
  | FifoUnit
  | DeepFifoUnit
  | SerialWindowUnit
  | BankedWindowUnit
  | VectorBufferUnit
  | EngineUnit
  | WeightMemoryUnit
  | DecryptorUnit
  | RequantiserUnit
  | PoolUnit
  | SubsampleUnit
  | NarrowUnit
  | InputUnit
  | ClassifierUnit;

export type UnitKind = Unit['kind'];
