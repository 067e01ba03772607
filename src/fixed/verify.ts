/**
 * Checks every invariant of an integer network (fixed/types.ts). Lowering calls it on its result; whoever builds a network
 * by hand calls it before use. What a user can change (bits, padding) is reported as FlexorError that names the layer, a
 * broken promise of our own code as `internal:`.
 */
import { FlexorError, invariant } from '../base/errors.js';
import { elementCount, formatRange, isWeighted, slidingOutput } from './shapes.js';
import type { IntFormat, IntMaxPoolNode, IntConvNode, IntNetwork, IntNode, IntTensor } from './types.js';
import { verifyPlane, verifyRequantiser } from './verify-weights.js';
import { deriveWidths } from './widths.js';

/** Widest activation that simulator and hardware take. */
export const MAX_ACTIVATION_BITS = 16;

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Throws unless the network keeps every rule; returns it otherwise. */
export function verifyNetwork(network: IntNetwork): IntNetwork {
  invariant(network.nodes.length > 0, 'an integer network needs at least one node');
  invariant(/^[0-9a-f]{64}$/.test(network.modelDigest), `model digest is not a SHA-256: ${network.modelDigest}`);
  verifyTensor(network.input, 'input');
  const names = new Set(['input']);
  let previous = { name: 'input', tensor: network.input };
  for (const [index, node] of network.nodes.entries()) {
    invariant(NAME.test(node.name), `node name ${JSON.stringify(node.name)} is not an identifier`);
    invariant(!names.has(node.name), `node name ${node.name} is used twice`);
    names.add(node.name);
    invariant(node.input === previous.name, `node ${node.name} must read ${previous.name}, reads ${node.input}`);
    invariant(
      sameTensor(node.inputTensor, previous.tensor),
      `node ${node.name}: input is not what ${node.input} gives`,
    );
    verifyNode(node, index === network.nodes.length - 1);
    previous = { name: node.name, tensor: node.outputTensor };
  }
  verifyLogits(network);
  return network;
}

function verifyNode(node: IntNode, last: boolean): void {
  if (node.kind !== 'dense') verifyWindow(node);
  if (!isWeighted(node)) {
    invariant(
      sameFormat(node.inputTensor.format, node.outputTensor.format),
      `node ${node.name}: pooling keeps the format`,
    );
    invariant(node.inputTensor.scale === node.outputTensor.scale, `node ${node.name}: pooling keeps the scale`);
    return;
  }
  const { name, inputTensor, outputTensor, requantiser } = node;
  const input = inputTensor.shape;
  const window = node.kind === 'dense' ? elementCount(input) : node.kernel[0] * node.kernel[1] * input.channels;
  invariant(node.windowSize === window, `node ${name}: window has ${window} elements, not ${node.windowSize}`);
  invariant(node.outChannels === outputTensor.shape.channels, `node ${name}: output channels disagree with its shape`);
  if (node.kind === 'dense') {
    invariant(outputTensor.shape.height === 1 && outputTensor.shape.width === 1, `node ${name}: dense output is 1×1`);
  }
  invariant(node.planes.length > 0, `node ${name}: needs at least one plane`);
  for (const [i, plane] of node.planes.entries())
    verifyPlane(plane, window * node.outChannels, `node ${name} plane ${i}`);
  verifyRequantiser(node);
  const widths = deriveWidths({ ...node, inputFormat: inputTensor.format });
  for (const key of ['selected', 'sum', 'dot', 'scaled'] as const) {
    invariant(sameFormat(node.widths[key], widths[key]), `node ${name}: width ${key} is not what its weights give`);
  }
  invariant((requantiser.output === null) === last, `node ${name}: exactly the last node yields unshifted logits`);
  if (requantiser.output === null) {
    invariant(sameFormat(outputTensor.format, widths.scaled), `node ${name}: logits have the format of z`);
    invariant(outputTensor.scale > 0, `node ${name}: scale must be positive`);
  } else {
    verifyTensor(outputTensor, name);
    const range = formatRange(outputTensor.format);
    const { low, high } = requantiser.output;
    invariant(low >= range.low && high <= range.high, `node ${name}: clamp leaves the output format`);
  }
}

function verifyWindow(node: IntConvNode | IntMaxPoolNode): void {
  const { name, kernel, stride, padding, inputTensor, outputTensor } = node;
  for (const n of [...kernel, ...stride])
    invariant(Number.isInteger(n) && n > 0, `node ${name}: bad kernel or stride ${n}`);
  for (const [i, n] of padding.entries()) {
    invariant(Number.isInteger(n) && n >= 0, `node ${name}: bad padding ${n}`);
    // A window that lies wholly in the padding has no maximum and would only waste cycles in a convolution.
    if (n >= kernel[i % 2]!) {
      throw new FlexorError(
        'unsupported',
        `layer ${name}: padding must be smaller than the kernel, got padding [${padding.join(', ')}] with kernel ${kernel.join('×')}`,
      );
    }
  }
  const expected = slidingOutput(inputTensor.shape, kernel, stride, padding);
  const actual = outputTensor.shape;
  invariant(
    expected.height === actual.height && expected.width === actual.width && actual.height > 0 && actual.width > 0,
    `node ${name}: output is ${actual.height}×${actual.width}, its window gives ${expected.height}×${expected.width}`,
  );
  const channels = node.kind === 'conv' ? node.outChannels : inputTensor.shape.channels;
  invariant(actual.channels === channels, `node ${name}: output must have ${channels} channels`);
}

/** Activation tensors: sizes, bits, scale. */
function verifyTensor(tensor: IntTensor, where: string): void {
  const { height, width, channels } = tensor.shape;
  for (const n of [height, width, channels]) invariant(Number.isInteger(n) && n > 0, `${where}: bad size ${n}`);
  const { bits, signed } = tensor.format;
  const least = signed ? 2 : 1;
  if (!Number.isInteger(bits) || bits < least || bits > MAX_ACTIVATION_BITS) {
    throw new FlexorError(
      'width',
      `layer ${where}: ${signed ? 'signed' : 'unsigned'} activations must have ${least} to ${MAX_ACTIVATION_BITS} bits, got ${bits}`,
    );
  }
  invariant(tensor.scale > 0 && Number.isFinite(tensor.scale), `${where}: scale must be positive, is ${tensor.scale}`);
}

function verifyLogits(network: IntNetwork): void {
  const last = network.nodes[network.nodes.length - 1]!;
  invariant(isWeighted(last), `node ${last.name}: the last node must be weighted`);
  const { height, width, channels } = last.outputTensor.shape;
  invariant(
    height === 1 && width === 1 && channels === network.classes.length,
    `node ${last.name}: logits are ${height}×${width}×${channels} for ${network.classes.length} classes`,
  );
}

function sameFormat(a: IntFormat, b: IntFormat): boolean {
  return a.bits === b.bits && a.signed === b.signed;
}

function sameTensor(a: IntTensor, b: IntTensor): boolean {
  const shapes =
    a.shape.height === b.shape.height && a.shape.width === b.shape.width && a.shape.channels === b.shape.channels;
  return shapes && sameFormat(a.format, b.format) && a.scale === b.scale;
}
