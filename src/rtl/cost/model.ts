/** Cost of layers and networks on UltraScale+. */
import type { IntNetwork } from '../../fixed/types.js';
import { layerKind } from '../layers/index.js';
import type { LayerShape } from '../layers/types.js';
import { SEAM_LUTS } from '../layers/weighted/seam-coefficients.js';
import type { Plan } from '../plan.js';
import { forkUnits, outputUnits, portUnits, type PortWidths } from './outer-units.js';
import { addCosts, NO_COST, subtractCosts, unitCost, weighted, type Cost } from './unit-cost.js';

export { addCosts, COST_KEYS, floorCost, NO_COST, roundCost, unitCost, type Cost } from './unit-cost.js';

/** A layer, flattened. */
export function layerCost(layer: LayerShape): Cost {
  const kind = layerKind(layer.node);
  const sum = addCosts(kind.placed(layer).map(unitCost));
  return { ...sum, luts: Math.max(0, sum.luts - weighted(kind.seams(layer), SEAM_LUTS)) };
}

/** Ports and classifier. */
export function portCost(network: IntNetwork, widths: PortWidths): Cost {
  return addCosts(portUnits(network, widths).map(unitCost));
}

/** What a wider beat of logits takes more at the port. */
export function widerOutputCost(network: IntNetwork, from: number, to: number): Cost {
  if (from === to) return NO_COST;
  const [less, more] = [from, to].map((width) => addCosts(outputUnits(network, width).map(unitCost)));
  return subtractCosts(more!, less!);
}

/** Forks with the depths that the plan gives them. */
export function forkCost(plan: Plan): Cost {
  return addCosts(forkUnits(plan).map(unitCost));
}
