/**
 * The contract of units that bring vectors of SIMD window elements to an engine. A fold decides which of them a layer has
 * (rtl/fold.ts asks each in turn); everything else that depends on it is said here.
 */
import type { Lanes, WeightedNode } from '../lanes.js';
import type { Feeder } from '../schedule/feeder.js';
import type { Fifo } from '../schedule/fifo.js';
import type { LayerFold } from '../types.js';
import type { InstanceView, Stream } from '../views/instances.js';
import type { Amounts, PlacedUnit } from './types.js';

/** Instances in front of an engine, and the stream that it reads. */
export interface FeedView {
  readonly instances: readonly InstanceView[];
  readonly stream: Stream;
}

/** What feeds one layer under one fold. */
export interface Feed {
  /** Kind of the unit. */
  readonly kind: string;
  /** The way in which hardware feeds the lanes: a unit may have several. Random tests draw among these. */
  readonly variant: string;
  /** Elements are kept until the engine needs them; else it takes them from the stream, which then waits for it. */
  readonly buffered: boolean;
  /** The rule that beats of `width` elements break at the input; null where the unit can take them. */
  widthRule(node: WeightedNode, fold: LayerFold, width: number): string | null;
  /** Units, for the cost of the layer. */
  placed(lanes: Lanes): readonly PlacedUnit[];
  /** LUTs that synthesis of the whole layer saves on it (layers/weighted/seams.ts). */
  seams(lanes: Lanes): Amounts;
  feeder(lanes: Lanes, input: Fifo): Feeder;
  view(lanes: Lanes): FeedView;
}

/** A kind of unit that feeds engines. */
export interface FeedUnit {
  /** SIMDs for which it may be the unit of a layer with so many groups of channels. */
  simds(node: WeightedNode, groups: number): readonly number[];
  /** The feed of a layer under a fold; null where that is for another unit. */
  choose(node: WeightedNode, fold: LayerFold): Feed | null;
  /** Which SIMDs it takes, as the end of `SIMD must be …`; null where it never feeds such a layer. */
  rule(node: WeightedNode, groups: number): string | null;
}
