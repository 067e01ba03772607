/**
 * Whether two integer networks can run on the same hardware: everything but encrypted bits, multipliers and betas is equal.
 * What one was lowered to can then be loaded into what was generated for the other, where that is loadable.
 */
import { FlexorError } from '../base/errors.js';
import { inputsOf, isWeighted } from '../graph/order.js';
import { inputTensorsOf } from './shapes.js';
import type { IntConvNode, IntNetwork, IntNode, IntTensor } from './types.js';

/** What hardware is made of, field by field; scales are information for people. */
function structure(node: IntNode): Record<string, unknown> {
  const { name, kind } = node;
  const inputs = inputTensorsOf(node).map(tensor);
  const common = { name, kind, inputs: inputsOf(node), 'input tensors': inputs, output: tensor(node.outputTensor) };
  if (!isWeighted(node)) {
    if (node.kind === 'concat') return common;
    if (node.kind === 'subsample') return { ...common, stride: node.stride, 'channel padding': node.channelPadding };
    return { ...common, kernel: node.kernel, stride: node.stride, padding: node.padding };
  }
  const { joined, multiplierBits, output } = node.requantiser;
  return {
    ...common,
    ...(node.kind === 'conv' ? windowOf(node) : {}),
    planes: node.planes.length,
    'M⊕': node.planes.map(({ nIn, nOut, matrix }) => [nIn, nOut, matrix.join('')]),
    'joined planes': joined,
    "two's complement": node.twosComplement ?? false,
    'multiplier bits': multiplierBits,
    'output stage': output,
    widths: node.widths,
  };
}

function windowOf({ kernel, stride, padding, dilation, groups }: IntConvNode): Record<string, unknown> {
  return { kernel, stride, padding, dilation, groups };
}

function tensor({ shape, format }: IntTensor): unknown {
  return [shape, format];
}

/** Throws where `other` cannot be loaded into hardware of `network`; the error names the layer and what differs. */
export function checkSameHardware(network: IntNetwork, other: IntNetwork): void {
  const differs = (where: string, what: string): FlexorError =>
    new FlexorError(
      'mismatch',
      `${other.name} cannot be loaded into hardware of ${network.name}: ${where}: ${what} differs`,
    );
  if (JSON.stringify(tensor(network.input)) !== JSON.stringify(tensor(other.input)))
    throw differs('input', 'its tensor');
  if (network.loadable !== other.loadable) throw differs('network', 'whether weights can be loaded');
  if (network.nodes.length !== other.nodes.length) throw differs('network', 'the number of layers');
  for (const [i, node] of network.nodes.entries()) {
    const [mine, its] = [structure(node), structure(other.nodes[i]!)];
    for (const [field, value] of Object.entries(mine)) {
      if (JSON.stringify(value) !== JSON.stringify(its[field])) throw differs(`layer ${node.name}`, field);
    }
  }
}

/** Shifts of a network's layers, for lowering another model for the same hardware. */
export function shiftsOf(network: IntNetwork): ReadonlyMap<string, number> {
  return new Map(
    network.nodes.flatMap((node) =>
      isWeighted(node) && node.requantiser.output !== null ? [[node.name, node.requantiser.output.shift] as const] : [],
    ),
  );
}
