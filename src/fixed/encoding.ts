/**
 * How bipolar tensors are stored. Their elements are −1 and 1 in the model. One bit is enough, u = (a + 1)/2, where nobody
 * needs a 0; where a window reaches into padding, or channels of zeros are added, two signed bits hold −1, 0 and 1.
 */
import { INPUT_NAME, inputsOf } from '../graph/order.js';
import type { ExactTensor } from '../model/exact-tensors.js';
import type { FlexorModel, ModelNode } from '../model/types.js';

/** Names of the bipolar tensors that are stored in one bit. */
export function oneBitTensors(model: FlexorModel, exact: ReadonlyMap<string, ExactTensor>): ReadonlySet<string> {
  const names = [INPUT_NAME, ...model.nodes.map(({ name }) => name)];
  const oneBit = new Set(names.filter((name) => exact.get(name)?.bipolar));
  // What needs a 0 spreads to all tensors that share its encoding, until nothing changes.
  for (let changed = true; changed;) {
    const before = oneBit.size;
    for (const node of model.nodes) {
      const alike = passesOn(node) ? [node.name, ...inputsOf(node)] : [];
      if (needsZero(node)) for (const name of inputsOf(node)) oneBit.delete(name);
      if (alike.some((name) => !oneBit.has(name))) for (const name of alike) oneBit.delete(name);
    }
    changed = oneBit.size !== before;
  }
  return oneBit;
}

/** Nodes whose output is stored as their inputs are. */
function passesOn({ kind }: ModelNode): boolean {
  return kind === 'maxPool' || kind === 'flatten' || kind === 'subsample' || kind === 'concat';
}

function needsZero(node: ModelNode): boolean {
  switch (node.kind) {
    case 'conv':
    case 'avgPool':
      return node.padding.some((n) => n > 0);
    case 'subsample':
      return node.channelPadding.some((n) => n > 0);
    default:
      return false;
  }
}
