/** What a synthesis target is to the rest of the room. */
import type { PlaceFamily } from '../../toolchain/nextpnr.js';
import type { Library } from './liberty/library.js';
import type { Resources } from './types.js';

/** What one cell stands for. */
export type CellCount = Partial<Resources>;

/**
 * What happens to modules: all become one netlist, those with the attribute keep_hierarchy stay beside it, or all stay.
 * Where adders are kept apart by that attribute (hw/flexor_masked_add.v), `flat` joins them once they are cells.
 */
export type Hierarchy = 'flat' | 'marked' | 'kept';

/** Joins modules that were marked to be kept, once their adders are gates or carry chains. */
export const JOIN = ['setattr -mod -unset keep_hierarchy *', 'flatten'] as const;

export interface TargetRule {
  readonly title: string;
  /** The Liberty file that it maps to. */
  readonly library: Library | null;
  /** Path → content of files that the commands read. */
  readonly files: ReadonlyMap<string, string>;
  /** Commands from an elaborated design to cells. */
  synthesise(top: string, hierarchy: Hierarchy): string;
  /** Cells that are combinational: a path through them is logic depth. */
  readonly logic: readonly string[];
  /** The family that nextpnr places; null for targets that it does not know. */
  readonly family: PlaceFamily | null;
  /** Whether `paths/delays.ts` knows the cells of the target. */
  readonly estimated: boolean;
  /** Null for a cell that the target does not have. */
  count(type: string): CellCount | null;
}
