/** What the cost and the paths of the unit depend on. */
import type { WindowPlan } from '../window/plan.js';

export interface SerialWindowParameters {
  readonly bits: number;
  /** Elements of a beat that comes in. */
  readonly inWidth: number;
  readonly window: WindowPlan;
  readonly simd: number;
  readonly steps: number;
  /** Groups whose channels are stored interleaved; 1. */
  readonly interleave?: number;
  /** 1: addresses go through a register; 0. */
  readonly address?: number;
}
