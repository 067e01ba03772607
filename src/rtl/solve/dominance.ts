/** What of designs and of their parts is compared, and which of them no other one beats. */
import { areaOf, type Cost } from '../cost/unit-cost.js';

/** Resources that a budget can limit, with what a cost counts for it. */
export const RESOURCES = ['luts', 'bram18', 'multipliers', 'memoryBits'] as const;
export type Resource = (typeof RESOURCES)[number];

export function resourceOf(cost: Cost, resource: Resource): number {
  return resource === 'luts' ? cost.luts + cost.lutRams : cost[resource];
}

/** Area, resources with budgets, then what decides between equals. */
export function amountsOf({ cost, cycles }: { cost: Cost; cycles: number }, limited: readonly Resource[]): number[] {
  const rest = [cost.luts + cost.lutRams, cost.bram18, cost.memoryBits, cost.flipFlops, cycles];
  return [areaOf(cost), ...limited.map((resource) => resourceOf(cost, resource)), ...rest];
}

export function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Of those sorted by `compare`, the ones that no earlier one equals or beats in each of the first `count` amounts. */
export function undominated<T extends { readonly amounts: readonly number[] }>(
  sorted: readonly T[],
  count: number,
): T[] {
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
