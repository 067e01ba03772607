/**
 * The contract of layers: what the generator knows of every kind of node. A kind has a folder in `layers/` and a row in
 * `layers/index.ts`; the units that it is made of live in `units/`.
 */
import type { IntConcatNode, IntNode, IntPoolNode, IntSubsampleNode } from '../../fixed/types.js';
import type { Lanes } from '../lanes.js';
import type { Fifo } from '../schedule/fifo.js';
import type { Unit } from '../schedule/unit.js';
import type { LayerFold, LayerWidths, WeightSource } from '../types.js';
import type { Feed } from '../units/feed.js';
import type { Amounts, PlacedUnit } from '../units/types.js';
import type { WindowPlan } from '../units/window/plan.js';
import type { MinimisedCircuit } from '../../xor/minimise.js';
import type { Heading } from '../views/common.js';
import type { ModuleView } from '../views/instances.js';
import type { LayerFiles } from '../views/layer-files.js';
import type { WeightMemory } from '../weight-memory.js';

/** Thresholds that stand in place of a layer's multipliers (units/thresholds). */
export interface ThresholdTable {
  /** Bits of a threshold, two's complement. */
  readonly bits: number;
  /** There are channels whose output falls. */
  readonly falls: boolean;
  /** A word a channel. */
  readonly words: readonly Uint8Array[];
  /** Columns of the words that differ. */
  readonly columns: number;
}

/** All of a weighted layer's plan but the contents of its memory: quick to derive, so that many folds can be compared. */
export interface WeightedShape extends Lanes {
  readonly kind: 'weighted';
  readonly weights: WeightSource;
  readonly feed: Feed;
  readonly pixels: number;
  /** Groups that wait between engine and requantiser; 0: none, the engine hands over directly. */
  readonly groupFifoDepth: number;
  readonly accBits: number;
  readonly sumBits: number;
  readonly dotBits: number;
  /** What a multiplier takes. */
  readonly factorBits: number;
  readonly scaledBits: number;
  /** Lanes that share a table of their partial sums (units/lane-tables); 0: adders behind ANDs add the lanes up. */
  readonly tableLanes: number;
  /** Channels share sums and differences of lanes (units/dot-array), and the engine gives Σ b·a in place of P and Σa. */
  readonly sharedSums: boolean;
  /** Encrypted words are held and their decrypted bits chosen from (units/held-decryptor), not shifted out (units/decryptor). */
  readonly holdsWords: boolean;
  /** Null: multipliers make the output. */
  readonly thresholds: ThresholdTable | null;
  /** Moves from the cycle in which a beat of channels is shifted out of a group to that of its results. */
  readonly scaleStages: number;
}

export interface WeightedPlan extends WeightedShape {
  readonly memory: WeightMemory;
}

/** Bits of what an engine gives for a group: Σa, and P or Σ b·a of every plane and channel. */
export function groupBits({ node, fold, sumBits, accBits }: WeightedShape): number {
  return sumBits + node.planes.length * fold.pe * accBits;
}

export interface PoolPlan {
  readonly kind: 'pool';
  readonly node: IntPoolNode;
  /** Its output is as wide as its input. */
  readonly widths: LayerWidths;
  /** Null where the pool takes the stream as it comes: windows lie side by side, or one covers the whole image. */
  readonly window: WindowPlan | null;
  readonly sideBySide: boolean;
  readonly taps: number;
}

export interface SubsamplePlan {
  readonly kind: 'subsample';
  readonly node: IntSubsampleNode;
  /** Its output is as wide as its input. */
  readonly widths: LayerWidths;
}

export interface ConcatPlan {
  readonly kind: 'concat';
  readonly node: IntConcatNode;
  /** All inputs and the output have beats of the same width. */
  readonly widths: LayerWidths;
}

/** Every parameter of every instance of a layer. */
export type LayerPlan = WeightedPlan | PoolPlan | SubsamplePlan | ConcatPlan;

/** What the cost of a layer follows from. */
export type LayerShape = WeightedShape | PoolPlan | SubsamplePlan | ConcatPlan;

/** What a layer's plan depends on besides its node. */
export interface LayerContext {
  /** Null for layers without weights. */
  readonly fold: LayerFold | null;
  readonly widths: LayerWidths;
  /** Cycles that what reads the layer takes for a channel, where that holds the layer up (bursts.ts); else 0. */
  readonly pace: number;
}

/** What the module of a layer is printed with. */
export interface ModuleText {
  readonly heading: Heading;
  readonly module: string;
  /** Of each plane; none without weights. */
  readonly circuits: readonly MinimisedCircuit[];
  readonly files: LayerFiles;
}

/** An input of a layer, in the order of `inputsOf`. */
export interface InputPort {
  /** `input` for the first one. */
  readonly name: string;
  /** Of its ports at the layer's module. */
  readonly prefix: string;
  /** What comes to it has come another way than what it goes together with, so that it wants a FIFO of its own. */
  readonly joins: boolean;
}

/**
 * A kind of layer. Its functions take nodes and plans of that kind alone; `layers/index.ts` gives the right one for each
 * node.
 */
export interface LayerKind<
  N extends IntNode = IntNode,
  P extends LayerPlan = LayerPlan,
  S extends LayerShape = LayerShape,
> {
  inputs(node: N): readonly InputPort[];
  /** The beginning of the heads of generated files, such as `Max pool 2x2, stride 2x2, padding 0 0 0 0,`. */
  title(node: N): string;
  plan(node: N, context: LayerContext): P;
  /** Elements a frame that it goes over one after the other, whatever its fold; 0 where its fold decides. */
  elements(node: N): number;
  /** Widest beat that its input can have. */
  widestBeat(node: N): number;
  /** It gives results in bursts, and nothing between them. */
  bursts(node: N): boolean;
  /** Static busy cycles a frame, without waiting. */
  cycles(plan: P): number;
  placed(shape: S): readonly PlacedUnit[];
  /** LUTs that synthesis of the whole layer saves on them. */
  seams(shape: S): Amounts;
  /** Its control, for the schedule. */
  control(plan: P, inputs: readonly Fifo[], output: Fifo): Unit;
  /** All that its schedule depends on besides shapes and widths. */
  scheduleKey(plan: P): unknown;
  /** The module of the layer. */
  module(plan: P, text: ModuleText): ModuleView;
}
