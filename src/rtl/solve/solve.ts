/** Folds for a target, for budgets, and the frontier between cycles and area. */
import { FlexorError } from '../../base/errors.js';
import { areaOf, cheapest, RESOURCES, resourceOf, type Resource } from './cheapest.js';
import { NO_BUDGETS, type Budgets, type FoldProblem, type Solution } from './types.js';

/** Cycles below which no fold can bring a frame, and what holds it there. */
export function bottleneck({ layers, fixed }: FoldProblem): { cycles: number; text: string } {
  const widest = layers.map(({ name, options: [first] }) => ({
    cycles: first!.cycles,
    text: `layer ${name} takes ${first!.cycles} at its widest fold (PE ${first!.fold.pe}, SIMD ${first!.fold.simd})`,
  }));
  const streams = fixed.map(({ name, cycles }) => ({
    cycles,
    text: `layer ${name} takes in, goes over or gives ${cycles} elements a frame, one a cycle`,
  }));
  return [...streams, ...widest].reduce((most, each) => (each.cycles > most.cycles ? each : most));
}

/** The design of least area for at most `cycles` a frame. What cannot be reached names the layer, or the resource. */
export function solveForCycles(problem: FoldProblem, cycles: number, budgets: Budgets): Solution {
  const { cycles: fewest, text } = bottleneck(problem);
  if (fewest > cycles) {
    throw new FlexorError('fold', `target of ${cycles} cycles a frame cannot be reached: ${text}`);
  }
  const solution = cheapest(problem, cycles, budgets);
  if (solution === null) throw overBudget(problem, cycles, budgets);
  return solution;
}

/** The fastest design that keeps the budgets, and of the fastest the one of least area. */
export function solveForBudgets(problem: FoldProblem, budgets: Budgets): Solution {
  const { cycles: fewest } = bottleneck(problem);
  const candidates = candidateCycles(problem).filter((cycles) => cycles >= fewest);
  let [low, high] = [0, candidates.length - 1];
  if (cheapest(problem, candidates[high]!, budgets) === null) throw overBudget(problem, candidates[high]!, budgets);
  // More cycles never make a design worse, so the feasible candidates are the upper ones.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (cheapest(problem, candidates[middle]!, budgets) === null) low = middle + 1;
    else high = middle;
  }
  return cheapest(problem, candidates[low]!, budgets)!;
}

/** Every number of cycles a frame that some design has, rising. */
function candidateCycles({ layers, fixed }: FoldProblem): number[] {
  const floor = Math.max(...fixed.map(({ cycles }) => cycles));
  const all = layers.flatMap(({ options }) => options.map(({ cycles }) => Math.max(cycles, floor)));
  return [...new Set([floor, ...all])].sort((a, b) => a - b);
}

/** Solutions that keep the budgets and that no other beats in both cycles and area, by rising cycles. */
export function frontier(problem: FoldProblem, budgets: Budgets): Solution[] {
  const { cycles: fewest } = bottleneck(problem);
  const points: Solution[] = [];
  const candidates = candidateCycles(problem).filter((cycles) => cycles >= fewest);
  for (const cycles of candidates) {
    const solution = cheapest(problem, cycles, budgets);
    const last = points.at(-1);
    if (solution === null || (last !== undefined && areaOf(solution.cost) >= areaOf(last.cost))) continue;
    points.push(solution);
  }
  return points;
}

/** The cheapest design that is faster than a solution, or null where none is. */
export function nextFaster(problem: FoldProblem, { cycles }: Solution): Solution | null {
  const { cycles: fewest } = bottleneck(problem);
  const faster = candidateCycles(problem).filter((each) => each >= fewest && each < cycles);
  return faster.length === 0 ? null : cheapest(problem, faster.at(-1)!, NO_BUDGETS);
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
  const each = layers.map(({ name, options }) => {
    const amounts = options.filter((option) => option.cycles <= cycles).map(({ cost }) => resourceOf(cost, resource));
    return { name, amount: Math.min(...amounts) };
  });
  const least = each.reduce((sum, { amount }) => sum + amount, resourceOf(base, resource));
  return { least, most: each.reduce((most, one) => (one.amount > most.amount ? one : most)) };
}
