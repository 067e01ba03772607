/** What units cost on UltraScale+: their features times fitted coefficients; and what of it the solver minimises. */
import type { Amounts, PlacedUnit } from '../units/types.js';

/** What a design, a layer or a unit takes, before placement; memoryBits counts the bits of all memories. */
export interface Cost {
  readonly luts: number;
  readonly lutRams: number;
  readonly flipFlops: number;
  readonly bram18: number;
  readonly multipliers: number;
  readonly memoryBits: number;
}

export const COST_KEYS = ['luts', 'lutRams', 'flipFlops', 'bram18', 'multipliers', 'memoryBits'] as const;

export const NO_COST: Cost = { luts: 0, lutRams: 0, flipFlops: 0, bram18: 0, multipliers: 0, memoryBits: 0 };

export function addCosts(costs: readonly Cost[]): Cost {
  const total = { ...NO_COST };
  for (const cost of costs) for (const key of COST_KEYS) total[key] += cost[key];
  return total;
}

/** What one takes more than another. */
export function subtractCosts(more: Cost, less: Cost): Cost {
  const left = { ...more };
  for (const key of COST_KEYS) left[key] -= less[key];
  return left;
}

function mapCost(cost: Cost, change: (amount: number) => number): Cost {
  const changed = { ...cost };
  for (const key of COST_KEYS) changed[key] = change(cost[key]);
  return changed;
}

function scaled(cost: Cost, copies: number): Cost {
  return copies === 1 ? cost : mapCost(cost, (amount) => copies * amount);
}

/** In whole LUTs and flip-flops. */
export function roundCost(cost: Cost): Cost {
  return mapCost(cost, Math.round);
}

/** The next lower whole numbers. */
export function floorCost(cost: Cost): Cost {
  return mapCost(cost, Math.floor);
}

export function weighted(amounts: Amounts, coefficients: Amounts): number {
  let sum = 0;
  // Plain objects without inherited fields; this loop is the solver's innermost one.
  for (const name in amounts) sum += amounts[name]! * (coefficients[name] ?? 0);
  return sum;
}

/** Units with the same parameters, all copies together. */
export function unitCost({ features, coefficients, copies }: PlacedUnit): Cost {
  const { luts, flipFlops, lutRams, bram18, multipliers, memoryBits } = features;
  const one = {
    luts: weighted(luts, coefficients.luts),
    lutRams,
    flipFlops: weighted(flipFlops, coefficients.flipFlops),
    bram18,
    multipliers,
    memoryBits,
  };
  return scaled(one, copies);
}

/** LUTs that a block RAM of 18 kbit and a multiplier count for: a convention (docs/folding.md); budgets are for real limits. */
const [LUTS_A_BLOCK_RAM, LUTS_A_MULTIPLIER] = [32, 32];

/** What the solver minimises: LUTs, and what the other resources are worth in LUTs. */
export function areaOf(cost: Cost): number {
  return cost.luts + cost.lutRams + LUTS_A_BLOCK_RAM * cost.bram18 + LUTS_A_MULTIPLIER * cost.multipliers;
}
