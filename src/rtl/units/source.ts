/**
 * The contract of weight sources: units that hand rows of encrypted weights to the decryptors. A fold names the source of
 * each layer; everything else that depends on it is said here.
 */
import type { WeightedPlan } from '../layers/types.js';
import type { WeightSource } from '../types.js';
import type { InstanceView } from '../views/instances.js';
import type { LayerFiles } from '../views/layer-files.js';
import type { WordShape } from '../weight-memory.js';
import type { Amounts, PlacedUnit } from './types.js';

/** What a memory becomes on UltraScale+; 'outside' where the design holds none. */
export interface MadeOf {
  readonly made: 'logic' | 'lutRam' | 'block' | 'outside';
  readonly bram18: number;
}

export interface SourceUnit {
  readonly source: WeightSource;
  /** Copies of its weights that the hardware holds. */
  readonly banks: number;
  made(shape: WordShape): MadeOf;
  /** Of shapes with 1, 2, … rows a word, those from which the cost model may choose. */
  candidates(shapes: readonly WordShape[]): readonly WordShape[];
  /** Units, for the cost of the layer. */
  placed(shape: WordShape): readonly PlacedUnit[];
  /** LUTs that synthesis of the whole layer saves on it (layers/weighted/seams.ts). */
  seams(shape: WordShape): Amounts;
  /** Ports of the layer by which it is filled, with the bits of each; 0: one wire without a range. */
  ports(layer: WeightedPlan, files: LayerFiles): readonly (readonly [name: string, bits: number])[];
  instances(layer: WeightedPlan, files: LayerFiles): readonly InstanceView[];
}
