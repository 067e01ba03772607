/** Cost of layers and networks on UltraScale+. */
import type { IntNetwork } from '../../fixed/types.js';
import { layerKind } from '../layers/index.js';
import type { LayerShape } from '../layers/types.js';
import { SEAM_LUTS } from '../layers/weighted/seam-coefficients.js';
import type { Plan } from '../plan.js';
import { forkUnits, portUnits } from './outer-units.js';
import { addCosts, unitCost, weighted, type Cost } from './unit-cost.js';

export { addCosts, COST_KEYS, floorCost, NO_COST, roundCost, unitCost, type Cost } from './unit-cost.js';

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
