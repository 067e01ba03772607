/**
 * Where the additions of a graph go: each becomes a residual input of a layer with weights that it reads, added in that
 * layer's requantiser. The layer must have no ReLU and no other reader, since its own output then exists nowhere. Where both
 * inputs qualify (a projection), the layer that comes later takes the other one's output as its residual.
 */
import { FlexorError } from '../base/errors.js';
import { isWeighted, readersOf } from '../graph/order.js';
import { addFactors, isReadable } from '../model/exact-tensors.js';
import type { ExactTensor } from '../model/exact-tensors.js';
import type { AddNode, ConvNode, DenseNode, FlexorModel, ModelNode } from '../model/types.js';

export interface Fusion {
  readonly add: AddNode;
  /** The layer in whose requantiser the addition happens. */
  readonly layer: ConvNode | DenseNode;
  /** Name of the other input of the addition. */
  readonly residual: string;
}

/** The fusion of every addition, by its name. An addition that fits nowhere is an error that names it. */
export function fuseAdditions(
  model: FlexorModel,
  exact: ReadonlyMap<string, ExactTensor> = new Map(),
): ReadonlyMap<string, Fusion> {
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));
  const readers = readersOf(model.nodes);
  const qualifies = (name: string): boolean => {
    const node = nodes.get(name);
    return node !== undefined && isWeighted(node) && !node.relu && readers.get(name)?.length === 1;
  };
  const order = model.nodes.map(({ name }) => name);
  // The sum of two tensors of integers is one of integers, which needs no layer to be rounded in.
  const additions = model.nodes.filter((node) => node.kind === 'add' && !sumsIntegers(node, exact)) as AddNode[];
  return new Map(
    additions.map((add) => {
      const [layer] = add.inputs.filter(qualifies).sort((a, b) => order.indexOf(b) - order.indexOf(a));
      if (layer === undefined) throw unfit(add, nodes);
      const residual = add.inputs.find((name) => name !== layer)!;
      return [add.name, { add, layer: nodes.get(layer) as ConvNode | DenseNode, residual }];
    }),
  );
}

/** True where both inputs are integers of units that have a common one. */
function sumsIntegers({ inputs }: AddNode, exact: ReadonlyMap<string, ExactTensor>): boolean {
  const [a, b] = inputs.map((name) => exact.get(name));
  if (a === undefined || b === undefined || !isReadable(a) || !isReadable(b)) return false;
  return addFactors(a, b) !== null;
}

function unfit(add: AddNode, nodes: ReadonlyMap<string, ModelNode>): FlexorError {
  const inputs = add.inputs.map((name) => `${name} (${describe(nodes.get(name))})`).join(' and ');
  return new FlexorError(
    'unsupported',
    `layer ${add.name}: one input of an addition must be a convolution or dense layer without ReLU that nothing else ` +
      `reads, got ${inputs}`,
  );
}

function describe(node: ModelNode | undefined): string {
  if (node === undefined) return 'the image';
  if (!isWeighted(node)) return node.kind;
  return `${node.kind}${node.relu ? ' with ReLU' : ', read by others too'}`;
}
