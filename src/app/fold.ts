/** What chooses a fold: a file, or a target and budgets for the solver; and the clock that its pipelines are made for. */
import { FlexorError } from '../base/errors.js';
import type { DesignRequest } from '../rtl/design.js';
import { cyclesForTarget } from '../rtl/solve/choose.js';
import type { Goal } from '../rtl/solve/goal.js';
import type { Clock } from '../rtl/timing/choose.js';
import { readFold } from './fold-file.js';

export interface GoalOptions {
  readonly targetFps?: number;
  readonly clockMhz?: number;
  /** False: a clock that is estimated not to be met is no error. */
  readonly clockCheck?: boolean;
  readonly maxLuts?: number;
  readonly maxMultipliers?: number;
  readonly maxMemoryBits?: number;
  readonly maxBram18?: number;
}

export interface FoldOptions extends GoalOptions {
  readonly fold?: string;
}

/** Clock where none is given. */
export const DEFAULT_CLOCK_MHZ = 100;

/** What the solver is asked for; null where nothing is. */
export function goalOf(options: GoalOptions): Goal | null {
  const { targetFps, clockMhz, maxLuts, maxMultipliers, maxMemoryBits, maxBram18 } = options;
  const budgets = {
    luts: maxLuts ?? null,
    multipliers: maxMultipliers ?? null,
    memoryBits: maxMemoryBits ?? null,
    bram18: maxBram18 ?? null,
  };
  if (targetFps === undefined && Object.values(budgets).every((budget) => budget === null)) return null;
  const cycles = targetFps === undefined ? null : cyclesForTarget(targetFps, clockMhz ?? DEFAULT_CLOCK_MHZ);
  return { cycles, budgets };
}

/** The clock that pipelines are made for; null where none is asked for. */
export function clockOf({ clockMhz, clockCheck = true }: GoalOptions): Clock | null {
  return clockMhz === undefined ? null : { mhz: clockMhz, check: clockCheck };
}

/** How the user chooses the fold: one from a file, or what it is to reach; neither for the default. */
export function foldChoice(options: FoldOptions): Pick<DesignRequest, 'fold' | 'goal' | 'clock'> {
  const { fold } = options;
  const goal = goalOf(options);
  if (fold !== undefined && goal !== null) {
    throw new FlexorError(
      'usage',
      '--fold and a target or budgets (--target-fps, --max-...) both choose the fold; give one of them',
    );
  }
  return { goal, fold: fold === undefined ? null : readFold(fold), clock: clockOf(options) };
}
