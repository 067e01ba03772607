/** What the cost and the paths of the unit depend on. */
import type { WindowPlan } from '../window/plan.js';

export interface BankedWindowParameters {
  readonly bits: number;
  readonly inWidth: number;
  readonly window: WindowPlan;
  readonly simd: number;
  readonly steps: number;
  readonly tapLanes: boolean;
  readonly blocks: number;
  /** 1: addresses go through a register; 0. */
  readonly address?: number;
}
