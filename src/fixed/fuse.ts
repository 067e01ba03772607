/**
 * Where the additions of a graph go: each becomes a residual input of a layer with weights that it reads, added in that
 * layer's requantiser. The layer must have no ReLU, no quantiser and no other reader, since its own output then exists nowhere. Where both
 * inputs qualify (a projection), the layer that comes later takes the other one's output as its residual.
 */
import { isWeighted, readersOf } from '../graph/order.js';
import { addFactors, isReadable } from '../model/exact-tensors.js';
import type { ExactTensor } from '../model/exact-tensors.js';
import type { AddNode, ConvNode, DenseNode, FlexorModel } from '../model/types.js';

export interface Fusion {
  readonly add: AddNode;
  /** The layer in whose requantiser the addition happens. */
  readonly layer: ConvNode | DenseNode;
  /** Name of the other input of the addition. */
  readonly residual: string;
}

/** The fusions, by the name of the addition. An addition that fits nowhere gets a layer of its own (point-layers.ts). */
export function fuseAdditions(
  model: FlexorModel,
  exact: ReadonlyMap<string, ExactTensor> = new Map(),
): ReadonlyMap<string, Fusion> {
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));
  const readers = readersOf(model.nodes);
  const qualifies = (name: string): boolean => {
    const node = nodes.get(name);
    return (
      node !== undefined &&
      isWeighted(node) &&
      !node.relu &&
      node.quantiser === undefined &&
      readers.get(name)?.length === 1
    );
  };
  const order = model.nodes.map(({ name }) => name);
  // The sum of two tensors of integers is one of integers, which needs no layer to be rounded in.
  const additions = model.nodes.filter((node) => node.kind === 'add' && !sumsIntegers(node, exact)) as AddNode[];
  return new Map(
    additions.flatMap((add) => {
      const [layer] = add.inputs.filter(qualifies).sort((a, b) => order.indexOf(b) - order.indexOf(a));
      if (layer === undefined) return [];
      const residual = add.inputs.find((name) => name !== layer)!;
      return [[add.name, { add, layer: nodes.get(layer) as ConvNode | DenseNode, residual }] as const];
    }),
  );
}

/** True where both inputs are integers of units that have a common one. */
function sumsIntegers({ inputs }: AddNode, exact: ReadonlyMap<string, ExactTensor>): boolean {
  const [a, b] = inputs.map((name) => exact.get(name));
  if (a === undefined || b === undefined || !isReadable(a) || !isReadable(b)) return false;
  return addFactors(a, b) !== null;
}
