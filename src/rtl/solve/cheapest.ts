/**
 * The design of least area that takes at most so many cycles a frame and keeps every budget: exact over all layers jointly,
 * for costs in whole numbers.
 *
 * Layer by layer, partial designs are kept that no other one beats in area and in every resource that has a budget. What
 * cannot keep a budget even with the least of the layers to come is dropped. Without budgets one partial design is left at
 * every layer. Equal areas are decided by LUTs, block RAMs, memory bits, flip-flops, cycles, and the order of folds.
 */
import { areaOf, COST_KEYS, type Cost } from '../cost/unit-cost.js';
import type { Budgets, FoldOption, FoldProblem, Solution } from './types.js';

/** Resources that a budget can limit, with what a cost counts for it. */
export const RESOURCES = ['luts', 'bram18', 'multipliers', 'memoryBits'] as const;
export type Resource = (typeof RESOURCES)[number];

export function resourceOf(cost: Cost, resource: Resource): number {
  return resource === 'luts' ? cost.luts + cost.lutRams : cost[resource];
}

/** A choice for the first layers; the amounts are those that `amountsOf` lists. */
interface Partial {
  readonly amounts: readonly number[];
  readonly option: FoldOption | null;
  readonly before: Partial | null;
}

/** Area, resources with budgets, then what decides between equals. */
function amountsOf({ cost, cycles }: { cost: Cost; cycles: number }, limited: readonly Resource[]): number[] {
  const rest = [cost.luts + cost.lutRams, cost.bram18, cost.memoryBits, cost.flipFlops, cycles];
  return [areaOf(cost), ...limited.map((resource) => resourceOf(cost, resource)), ...rest];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Of those sorted by `compare`, the ones that no earlier one equals or beats in each of the first `count` amounts. */
function undominated<T extends { readonly amounts: readonly number[] }>(sorted: readonly T[], count: number): T[] {
  const kept: T[] = [];
  for (const each of sorted) {
    const beaten = kept.some(({ amounts }) => {
      for (let i = 1; i < count; i++) if (amounts[i]! > each.amounts[i]!) return false;
      return true;
    });
    if (!beaten) kept.push(each);
  }
  return kept;
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
  const layers = problem.layers.map(({ options }) => {
    const fitting = options.filter((option) => option.cycles <= cycles);
    const all = fitting.map((option) => ({ option, amounts: amountsOf(option, limited) }));
    return undominated(
      all.sort((a, b) => compare(a.amounts, b.amounts)),
      limits.length,
    );
  });
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
