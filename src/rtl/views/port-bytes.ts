/** Sizes of the AXI4-Stream ports. */
import type { Plan } from '../plan.js';

/** Bytes of the AXI4-Stream ports. */
export function portBytes(plan: Plan) {
  return {
    /** Of one element, and of a beat of several. */
    element: Math.ceil(plan.network.input.format.bits / 8),
    input: plan.widths[0]! * Math.ceil(plan.network.input.format.bits / 8),
    logit: Math.ceil(plan.logitFormat.bits / 8),
    class: Math.ceil(plan.classBits / 8),
  };
}
