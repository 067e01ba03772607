/** Cost of units, layers and networks on UltraScale+: features of each unit times fitted coefficients. */
import type { IntNetwork } from '../../fixed/types.js';
import { layerKind } from '../layers/index.js';
import type { LayerShape } from '../layers/types.js';
import { SEAM_LUTS } from '../layers/weighted/seam-coefficients.js';
import type { Plan } from '../plan.js';
import type { Amounts, PlacedUnit } from '../units/types.js';
import { forkUnits, portUnits } from './outer-units.js';

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

function mapCost(cost: Cost, change: (amount: number) => number): Cost {
  return Object.fromEntries(COST_KEYS.map((key) => [key, change(cost[key])])) as unknown as Cost;
}

function scaled(cost: Cost, copies: number): Cost {
  return copies === 1 ? cost : mapCost(cost, (amount) => copies * amount);
}

/** In whole LUTs and flip-flops. */
export function roundCost(cost: Cost): Cost {
  return mapCost(cost, Math.round);
}

function weighted(amounts: Amounts, coefficients: Amounts): number {
  let sum = 0;
  for (const [name, amount] of Object.entries(amounts)) sum += amount * (coefficients[name] ?? 0);
  return Math.max(0, sum);
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

/** A layer, flattened. */
export function layerCost(layer: LayerShape): Cost {
  const kind = layerKind(layer.node);
  const sum = addCosts(kind.placed(layer).map(unitCost));
  return { ...sum, luts: Math.max(0, sum.luts - weighted(kind.seams(layer), SEAM_LUTS)) };
}

/** Ports and classifier; `inputWidth` elements come in a beat. */
export function portCost(network: IntNetwork, inputWidth: number): Cost {
  return addCosts(portUnits(network, inputWidth).map(unitCost));
}

/** Forks with the depths that the plan gives them. */
export function forkCost(plan: Plan): Cost {
  return addCosts(forkUnits(plan).map(unitCost));
}
