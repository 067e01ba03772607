/**
 * From a goal to a design: the solver's fold with its exact schedule. What the solver cannot know, the FIFOs of forks and an
 * interval between frames above the static cycles, is found by scheduling its choice; where that breaks the goal it chooses
 * again, with that much less to spend.
 */
import { FlexorError } from '../../base/errors.js';
import type { IntNetwork } from '../../fixed/types.js';
import { addCosts, COST_KEYS, forkCost, NO_COST, roundCost, type Cost } from '../cost/model.js';
import { planNetwork } from '../plan.js';
import { schedulePlan } from '../schedule/fifo-depths.js';
import type { Prediction } from '../types.js';
import { RESOURCES, resourceOf } from './cheapest.js';
import { foldProblem } from './problem.js';
import { solveForBudgets, solveForCycles } from './solve.js';
import type { Budgets, FoldProblem, Solution } from './types.js';

export interface Goal {
  /** Most cycles from frame to frame; null: as few as the budgets allow. */
  readonly cycles: number | null;
  readonly budgets: Budgets;
}

export interface FoldedDesign {
  readonly goal: Goal;
  /** With the FIFOs of this design's forks in its base. */
  readonly problem: FoldProblem;
  readonly solution: Solution;
  readonly prediction: Prediction;
}

/** Designs that are scheduled before giving up. */
const MOST_TRIALS = 8;

/** The design of least area for the goal; without a target, the fastest. A goal that cannot be reached is an error that says why. */
export function solveGoal(network: IntNetwork, goal: Goal): FoldedDesign {
  const { budgets } = goal;
  const bare = foldProblem(network);
  let most = goal.cycles;
  let reserved = NO_COST;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const problem = withFifos(bare, reserved);
    const solution = most === null ? solveForBudgets(problem, budgets) : solveForCycles(problem, most, budgets);
    const { plan, prediction } = schedulePlan(planNetwork(network, solution.fold));
    const fifos = roundCost(forkCost(plan));
    const scheduled = withFifos(bare, fifos);
    const cost = addCosts([scheduled.base, ...solution.chosen.map(({ option }) => option.cost)]);
    const late = goal.cycles !== null && prediction.cyclesPerFrame > goal.cycles;
    if (!late && RESOURCES.every((resource) => resourceOf(cost, resource) <= (budgets[resource] ?? Infinity))) {
      return { goal, problem: scheduled, solution: { ...solution, cost }, prediction };
    }
    if (late) most = solution.cycles - 1;
    reserved = mostOf(reserved, fifos);
  }
  throw new FlexorError(
    'fold',
    `none of ${MOST_TRIALS} designs keeps the goal once its FIFOs and its schedule are known; loosen target or budgets`,
  );
}

function withFifos(problem: FoldProblem, fifos: Cost): FoldProblem {
  return { ...problem, base: addCosts([problem.base, fifos]) };
}

function mostOf(a: Cost, b: Cost): Cost {
  return Object.fromEntries(COST_KEYS.map((key) => [key, Math.max(a[key], b[key])])) as unknown as Cost;
}
