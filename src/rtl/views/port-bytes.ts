/** Sizes of the AXI4-Stream ports. */
import { restOf } from '../beats.js';
import type { Plan } from '../plan.js';

/** Bytes of the AXI4-Stream ports. */
export function portBytes(plan: Plan) {
  const element = Math.ceil(plan.network.input.format.bits / 8);
  const logit = Math.ceil(plan.logitFormat.bits / 8);
  const index = Math.ceil(plan.classBits / 8);
  const [width, logits] = [plan.widths[0]!, plan.widths.at(-1)!];
  return {
    /** Of one element, of a beat of them, and of the last beat of a frame. */
    element,
    input: width * element,
    lastInput: restOf(plan.inputElements, width) * element,
    /** Of one logit, of the class, of a beat of logits and class, and of the last beat of a frame. */
    logit,
    class: index,
    output: logits * logit + index,
    lastOutput: restOf(plan.logitCount, logits) * logit + index,
  };
}
