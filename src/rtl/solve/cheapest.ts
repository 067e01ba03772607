/**
 * The design of least area that takes at most so many cycles a frame and keeps every budget: exact over all layers jointly,
 * for costs in whole numbers.
 *
 * Layer by layer, partial designs are kept that no other one beats in area and in every resource that has a budget. What
 * cannot keep a budget even with the least of the layers to come is dropped. Without budgets one partial design is left at
 * every layer. Equal areas are decided by LUTs, block RAMs, memory bits, flip-flops, cycles, and the order of folds.
 */
import { COST_KEYS } from '../cost/unit-cost.js';
import { amountsOf, compare, RESOURCES, resourceOf, undominated, type Resource } from './dominance.js';
import type { Budgets, FoldOption, FoldProblem, LaneOptions, Solution } from './types.js';

/** Less area, and no more of anything else that counts. */
function beats(a: readonly number[], b: readonly number[], count: number): boolean {
  for (let k = 1; k < count; k++) if (a[k]! > b[k]!) return false;
  return a[0]! < b[0]!;
}

/** A choice for the first layers; the amounts are those that `amountsOf` lists. */
interface Partial {
  readonly amounts: readonly number[];
  readonly option: FoldOption | null;
  readonly before: Partial | null;
}

/**
 * Null where no design keeps the limits. Budgets are added as they are found to be broken: what is best under some of them
 * and keeps the others is best under all.
 */
export function cheapest(problem: FoldProblem, cycles: number, budgets: Budgets): Solution | null {
  let limited: readonly Resource[] = [];
  for (;;) {
    const solution = cheapestUnder(problem, cycles, budgets, limited);
    if (solution === null) return null;
    const broken = RESOURCES.find((each) => resourceOf(solution.cost, each) > (budgets[each] ?? Infinity));
    if (broken === undefined) return solution;
    limited = [...limited, broken];
  }
}

/** Under the budgets of some resources alone. */
function cheapestUnder(
  problem: FoldProblem,
  cycles: number,
  budgets: Budgets,
  limited: readonly Resource[],
): Solution | null {
  const limits = [Infinity, ...limited.map((resource) => budgets[resource]!)];
  const layers = problem.layers.map(({ lanes }) => worthwhile(lanes, cycles, limited));
  const least = leastBehind(layers, limits.length);
  const base = amountsOf({ cost: problem.base, cycles: 0 }, limited);
  let states: Partial[] = [{ amounts: base, option: null, before: null }];
  for (const [i, options] of layers.entries()) {
    const next = states.flatMap((before) =>
      options.map(({ option, amounts }) => ({
        amounts: amounts.map((n, k) => n + before.amounts[k]!),
        option,
        before,
      })),
    );
    const possible = next.filter(({ amounts }) => limits.every((limit, k) => amounts[k]! + least[i]![k]! <= limit));
    states = undominated(
      possible.sort((a, b) => compare(a.amounts, b.amounts)),
      limits.length,
    );
  }
  const [best] = states;
  const keeps = best !== undefined && limits.every((limit, k) => best.amounts[k]! <= limit);
  return keeps ? solutionOf(problem, best) : null;
}

interface Candidate {
  readonly option: FoldOption;
  readonly amounts: readonly number[];
}

/** The options of a layer that no other one beats. What takes more at least than another one takes in all is not looked at. */
function worthwhile(lanes: readonly LaneOptions[], cycles: number, limited: readonly Resource[]): Candidate[] {
  const count = 1 + limited.length;
  const fitting = lanes.flatMap((each, order) =>
    each.cycles <= cycles ? { each, order, least: amountsOf({ cost: each.least, cycles: 0 }, limited) } : [],
  );
  const found: (Candidate & { readonly order: number })[] = [];
  for (const { each, order, least } of fitting.sort((a, b) => a.least[0]! - b.least[0]!)) {
    if (found.some(({ amounts }) => beats(amounts, least, count))) continue;
    for (const option of each.options) found.push({ option, order, amounts: amountsOf(option, limited) });
  }
  const sorted = found.sort((a, b) => compare(a.amounts, b.amounts) || a.order - b.order);
  return undominated(sorted, count);
}

/** For each layer, the least that all layers behind it take of each amount. */
function leastBehind(layers: readonly (readonly { amounts: readonly number[] }[])[], count: number): number[][] {
  const behind: number[][] = [];
  let sum = new Array<number>(count).fill(0);
  for (const options of [...layers].reverse()) {
    behind.unshift(sum);
    sum = sum.map((n, k) => n + Math.min(...options.map(({ amounts }) => amounts[k]!)));
  }
  return behind;
}

function solutionOf(problem: FoldProblem, last: Partial): Solution {
  const options: FoldOption[] = [];
  for (let each: Partial = last; each.option !== null; each = each.before!) options.unshift(each.option);
  const chosen = problem.layers.map(({ name }, i) => ({ name, option: options[i]! }));
  const cost = { ...problem.base };
  for (const { option } of chosen) for (const key of COST_KEYS) cost[key] += option.cost[key];
  return {
    fold: Object.fromEntries(chosen.map(({ name, option }) => [name, option.fold])),
    cycles: Math.max(...problem.fixed.map((each) => each.cycles), ...options.map((each) => each.cycles)),
    cost,
    chosen,
  };
}
