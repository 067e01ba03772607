/** Folds for a target, for budgets, and the frontier between cycles and area. */
import { FlexorError } from '../../base/errors.js';
import { areaOf } from '../cost/unit-cost.js';
import { cheapest } from './cheapest.js';
import { RESOURCES, resourceOf, type Resource } from './dominance.js';
import { NO_BUDGETS, type Budgets, type CycleRange, type FoldProblem, type FoldSpace, type Solution } from './types.js';

interface Limit {
  readonly cycles: number;
  readonly text: string;
}

/** Cycles below which no fold can bring a frame, layer by layer and stream by stream. */
function limitsOf({ layers, fixed }: FoldProblem): Limit[] {
  const widest = layers.map(({ name, lanes: [first] }) =>
    first === undefined
      ? { cycles: Infinity, text: `layer ${name} has no fold for streams as wide as that` }
      : {
          cycles: first.cycles,
          text: `layer ${name} takes ${first.cycles} at its widest fold (PE ${first.pe}, SIMD ${first.simd})`,
        },
  );
  const streams = fixed.map(({ name, elements, cycles, width }) => ({
    cycles,
    text: `layer ${name} takes in, goes over or gives ${elements} elements a frame, ${width === 1 ? 'one' : width} a cycle`,
  }));
  return [...streams, ...widest];
}

function slowest(limits: readonly Limit[]): Limit {
  return limits.reduce((most, each) => (each.cycles > most.cycles ? each : most));
}

/** What holds frames at the fewest cycles that any design takes. */
export function bottleneck(space: FoldSpace): Limit {
  const limits = space.ranges().map((range) => ({ range, limit: slowest(limitsOf(space.at(range.from))) }));
  const reached = limits.findIndex(({ range, limit }) => limit.cycles < range.below);
  const { range, limit } = limits[reached]!;
  return limit.cycles >= range.from ? limit : { ...limits[reached - 1]!.limit, cycles: range.from };
}

/** The design of least area for at most `cycles` a frame. What cannot be reached names the layer, or the resource. */
export function solveForCycles(space: FoldSpace, cycles: number, budgets: Budgets): Solution {
  const problem = space.at(cycles);
  const limits = limitsOf(problem).filter((limit) => limit.cycles > cycles);
  if (limits.length > 0) {
    // What takes a known time says more than a layer without a fold.
    const known = limits.filter((limit) => limit.cycles < Infinity);
    const { text } = slowest(known.length > 0 ? known : limits);
    throw new FlexorError('fold', `target of ${cycles} cycles a frame cannot be reached: ${text}`);
  }
  const solution = cheapest(problem, cycles, budgets);
  if (solution === null) throw overBudget(problem, cycles, budgets);
  return solution;
}

/** The fastest design that keeps the budgets, and of the fastest the one of least area. */
export function solveForBudgets(space: FoldSpace, budgets: Budgets): Solution {
  const candidates = candidateCycles(space);
  const solve = (i: number): Solution | null => cheapest(space.at(candidates[i]!), candidates[i]!, budgets);
  let [low, high] = [0, candidates.length - 1];
  const slowest = candidates[high]!;
  if (solve(high) === null) throw overBudget(space.at(slowest), slowest, budgets);
  // More cycles never make a design worse, so the feasible candidates are the upper ones.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (solve(middle) === null) low = middle + 1;
    else high = middle;
  }
  return solve(low)!;
}

/** Every number of cycles a frame that some design has, rising. */
function candidateCycles(space: FoldSpace): number[] {
  return space.ranges().flatMap((range) => candidatesIn(space, range));
}

function candidatesIn(space: FoldSpace, { from, below }: CycleRange): number[] {
  const problem = space.at(from);
  const floor = Math.max(from, slowest(limitsOf(problem)).cycles);
  const all = problem.layers.flatMap(({ lanes }) => lanes.map(({ cycles }) => Math.max(cycles, floor)));
  return [...new Set([floor, ...all])].filter((cycles) => cycles < below).sort((a, b) => a - b);
}

/** Solutions that keep the budgets and that no other beats in both cycles and area, by rising cycles. */
export function frontier(space: FoldSpace, budgets: Budgets): Solution[] {
  const points: Solution[] = [];
  for (const cycles of candidateCycles(space)) {
    const solution = cheapest(space.at(cycles), cycles, budgets);
    const last = points.at(-1);
    if (solution === null || (last !== undefined && areaOf(solution.cost) >= areaOf(last.cost))) continue;
    points.push(solution);
  }
  return points;
}

/** The cheapest design that is faster than a solution, or null where none is. */
export function nextFaster(space: FoldSpace, { cycles }: Solution): Solution | null {
  for (const range of [...space.ranges()].reverse()) {
    if (range.from >= cycles) continue;
    const most = candidatesIn(space, range).findLast((each) => each < cycles);
    if (most !== undefined) return cheapest(space.at(most), most, NO_BUDGETS);
  }
  return null;
}

/** How people and the command line call a resource. */
export const RESOURCE_NAMES: Readonly<Record<Resource, { name: string; option: string }>> = {
  luts: { name: 'LUTs', option: '--max-luts' },
  bram18: { name: 'block RAMs of 18 kbit', option: '--max-bram18' },
  multipliers: { name: 'multipliers', option: '--max-multipliers' },
  memoryBits: { name: 'memory bits', option: '--max-memory-bits' },
};

function overBudget(problem: FoldProblem, cycles: number, budgets: Budgets): FlexorError {
  const limited = RESOURCES.filter((resource) => budgets[resource] !== null);
  const at = `at ${cycles} cycles a frame`;
  for (const resource of limited) {
    const { least, most } = leastOf(problem, cycles, resource);
    if (least <= budgets[resource]!) continue;
    const { name, option } = RESOURCE_NAMES[resource];
    return new FlexorError(
      'fold',
      `${option} ${budgets[resource]!} cannot be kept: ${at} every design takes ${least} ${name} or more, ` +
        `${most.amount} of them in layer ${most.name}`,
    );
  }
  const all = limited.map((resource) => `${RESOURCE_NAMES[resource].option} ${budgets[resource]!}`).join(', ');
  return new FlexorError('fold', `${all} cannot be kept together ${at}, though each alone can; raise one of them`);
}

/** The least of a resource, and the layer that takes most of it. */
function leastOf({ layers, base }: FoldProblem, cycles: number, resource: Resource) {
  const each = layers.map(({ name, lanes }) => {
    const fitting = lanes.filter((each) => each.cycles <= cycles).flatMap(({ options }) => options);
    const amounts = fitting.map(({ cost }) => resourceOf(cost, resource));
    return { name, amount: Math.min(...amounts) };
  });
  const least = each.reduce((sum, { amount }) => sum + amount, resourceOf(base, resource));
  return { least, most: each.reduce((most, one) => (one.amount > most.amount ? one : most)) };
}
