/**
 * From a goal to a fold: the solver's choice with its exact schedule. What the solver cannot know, the FIFOs of forks and an
 * interval between frames above the static cycles, is found by scheduling its choice; where that breaks the goal it chooses
 * again, with that much less to spend.
 */
import { FlexorError } from '../../base/errors.js';
import type { IntNetwork } from '../../fixed/types.js';
import { COST_KEYS, forkCost, NO_COST, roundCost, type Cost } from '../cost/model.js';
import { planNetwork } from '../plan.js';
import { schedulePlan, type Schedule } from '../schedule/fifo-depths.js';
import { requireClock, type Clock } from '../timing/choose.js';
import { designTiming } from '../timing/timing.js';
import type { WeightSources } from '../types.js';
import { defaultCycles } from './choose.js';
import { RESOURCES, resourceOf } from './dominance.js';
import { NetworkFolds } from './problem.js';
import { solveForBudgets, solveForCycles } from './solve.js';
import { NO_BUDGETS, type Budgets, type FoldSpace, type Solution } from './types.js';

export interface Goal {
  /** Most cycles from frame to frame; null: as few as the budgets allow. */
  readonly cycles: number | null;
  readonly budgets: Budgets;
}

/** The fold that reaches a goal, and the schedule that proved it. */
export interface SolvedFold {
  readonly goal: Goal;
  /** With the FIFOs of this design's forks reserved. */
  readonly space: FoldSpace;
  readonly solution: Solution;
  readonly schedule: Schedule;
}

/** Designs that are scheduled before giving up. */
const MOST_TRIALS = 8;

/** The design of least area for the goal; without a target, the fastest. A goal that cannot be reached is an error that says why. */
export function solveGoal(
  network: IntNetwork,
  goal: Goal,
  sources: WeightSources = {},
  clock: Clock | null = null,
): SolvedFold {
  const { budgets } = goal;
  const bare = new NetworkFolds(network, sources, NO_COST, new Map(), clock);
  let most = goal.cycles;
  let reserved = NO_COST;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const space = bare.reserving(reserved);
    const solution = most === null ? solveForBudgets(space, budgets) : solveForCycles(space, most, budgets);
    const schedule = schedulePlan(planNetwork(network, solution.fold));
    const { plan, prediction } = schedule;
    requireClock(clock, designTiming(plan));
    const fifos = roundCost(forkCost(plan));
    const cost = replaced(solution.cost, reserved, fifos);
    const late = goal.cycles !== null && prediction.cyclesPerFrame > goal.cycles;
    if (!late && RESOURCES.every((resource) => resourceOf(cost, resource) <= (budgets[resource] ?? Infinity))) {
      return { goal, space: bare.reserving(fifos), solution: { ...solution, cost }, schedule };
    }
    if (late) most = solution.cycles - 1;
    reserved = mostOf(reserved, fifos);
  }
  throw new FlexorError(
    'fold',
    `none of ${MOST_TRIALS} designs keeps the goal once its FIFOs and its schedule are known; loosen target or budgets`,
  );
}

/**
 * The default fold (choose.ts) with its schedule. Its static cycles are what counts: where frames follow one another a little
 * later than that, no other fold is looked for, since nobody asked for a rate.
 */
export function solveDefault(network: IntNetwork, sources: WeightSources = {}, clock: Clock | null = null): SolvedFold {
  const goal = { cycles: defaultCycles(network), budgets: NO_BUDGETS };
  const bare = new NetworkFolds(network, sources, NO_COST, new Map(), clock);
  const solution = solveForCycles(bare, goal.cycles, NO_BUDGETS);
  const schedule = schedulePlan(planNetwork(network, solution.fold));
  requireClock(clock, designTiming(schedule.plan));
  const fifos = roundCost(forkCost(schedule.plan));
  const cost = replaced(solution.cost, NO_COST, fifos);
  return { goal, space: bare.reserving(fifos), solution: { ...solution, cost }, schedule };
}

/** A cost with other FIFOs than it was worked out with. */
function replaced(cost: Cost, before: Cost, after: Cost): Cost {
  return Object.fromEntries(COST_KEYS.map((key) => [key, cost[key] - before[key] + after[key]])) as unknown as Cost;
}

function mostOf(a: Cost, b: Cost): Cost {
  return Object.fromEntries(COST_KEYS.map((key) => [key, Math.max(a[key], b[key])])) as unknown as Cost;
}
