/**
 * Checks every invariant of an integer network (fixed/types.ts). Lowering calls it on its result; whoever builds a network
 * by hand calls it before use. What a user can change (bits, padding) is reported as FlexorError that names the layer, a
 * broken promise of our own code as `internal:`.
 */
import { FlexorError, invariant } from '../base/errors.js';
import { inputsOf, isWeighted } from '../graph/order.js';
import { sameShape, windowSize } from '../graph/shapes.js';
import { slidingOutput, UNDILATED, windowSpan } from '../graph/window.js';
import { formatRange, inputTensorsOf, sumFormat } from './shapes.js';
import type {
  IntConcatNode,
  IntConvNode,
  IntDenseNode,
  IntFormat,
  IntNetwork,
  IntNode,
  IntPoolNode,
  IntSubsampleNode,
  IntTensor,
  LoweredBits,
} from './types.js';
import { verifyPlane, verifyRequantiser } from './verify-weights.js';
import { deriveWidths } from './widths.js';

/** Widest activation that is rounded to a number of bits: inputs and the outputs of weighted layers. */
export const MAX_ACTIVATION_BITS = 16;
/** Widest activation that simulator and hardware take: the exact sums of average pools, of 8 bits over 255×255. */
export const MAX_SUM_BITS = 24;

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Throws unless the network keeps every rule; returns it otherwise. */
export function verifyNetwork(network: IntNetwork): IntNetwork {
  invariant(network.nodes.length > 0, 'an integer network needs at least one node');
  invariant(/^[0-9a-f]{64}$/.test(network.modelDigest), `model digest is not a SHA-256: ${network.modelDigest}`);
  verifyTensor(network.input, 'input');
  invariant(
    network.bits === null || network.bits.inputBits === network.input.format.bits,
    `the input has ${network.input.format.bits} bits, the network was lowered to ${network.bits?.inputBits}`,
  );
  const tensors = new Map([['input', network.input]]);
  const unread = new Set(['input']);
  for (const [index, node] of network.nodes.entries()) {
    invariant(NAME.test(node.name), `node name ${JSON.stringify(node.name)} is not an identifier`);
    invariant(!tensors.has(node.name), `node name ${node.name} is used twice`);
    const read = inputTensorsOf(node);
    for (const [i, name] of inputsOf(node).entries()) verifyInput(node.name, name, read[i], tensors);
    verifyNode(node, network, index === network.nodes.length - 1);
    for (const name of inputsOf(node)) unread.delete(name);
    tensors.set(node.name, node.outputTensor);
    unread.add(node.name);
  }
  const last = network.nodes.at(-1)!.name;
  invariant([...unread].join() === last, `only the last node, ${last}, is read by none, not ${[...unread].join(', ')}`);
  verifyLogits(network);
  return network;
}

function verifyInput(
  node: string,
  input: string,
  tensor: IntTensor | undefined,
  before: ReadonlyMap<string, IntTensor>,
): void {
  const given = before.get(input);
  invariant(given !== undefined, `node ${node} must stand behind ${input}, which it reads`);
  invariant(tensor !== undefined && sameTensor(tensor, given), `node ${node}: input is not what ${input} gives`);
}

function verifyNode(node: IntNode, network: IntNetwork, last: boolean): void {
  switch (node.kind) {
    case 'conv':
      verifyWindow(node);
      return verifyWeighted(node, network, last);
    case 'dense':
      return verifyWeighted(node, network, last);
    case 'maxPool':
    case 'avgPool':
      verifyWindow(node);
      return verifyPool(node);
    case 'subsample':
      return verifySubsample(node);
    case 'concat':
      return verifyConcat(node);
  }
}

function verifyConcat({ name, inputs, inputTensors, outputTensor }: IntConcatNode): void {
  invariant(inputs.length >= 2 && new Set(inputs).size === inputs.length, `node ${name}: inputs must differ`);
  const channels = inputTensors.reduce((sum, { shape }) => sum + shape.channels, 0);
  invariant(channels === outputTensor.shape.channels, `node ${name}: output must have ${channels} channels`);
  for (const [i, tensor] of inputTensors.entries()) {
    const shape = { ...outputTensor.shape, channels: tensor.shape.channels };
    invariant(sameTensor(tensor, { ...outputTensor, shape }), `node ${name}: ${inputs[i]} is not like its output`);
  }
}

function verifyPool(node: IntPoolNode): void {
  const { name, kind, kernel, inputTensor, outputTensor } = node;
  const taps = kind === 'avgPool' ? kernel[0] * kernel[1] : 1;
  invariant(
    sameFormat(outputTensor.format, sumFormat(inputTensor.format, taps)),
    `node ${name}: a pool gives the format of its input or its sum`,
  );
  invariant(outputTensor.scale === inputTensor.scale / taps, `node ${name}: scale must be 1/${taps} of the input's`);
  verifyTensor(outputTensor, name, MAX_SUM_BITS);
}

function verifySubsample({ name, stride, channelPadding, inputTensor, outputTensor }: IntSubsampleNode): void {
  for (const n of stride) invariant(Number.isInteger(n) && n > 0, `node ${name}: bad stride ${n}`);
  for (const n of channelPadding) invariant(Number.isInteger(n) && n >= 0, `node ${name}: bad channel padding ${n}`);
  const { height, width, channels } = inputTensor.shape;
  const shape = {
    height: Math.ceil(height / stride[0]),
    width: Math.ceil(width / stride[1]),
    channels: channels + channelPadding[0] + channelPadding[1],
  };
  invariant(
    sameTensor(outputTensor, { ...inputTensor, shape }),
    `node ${name}: output is not a subsample of its input`,
  );
}

function verifyWeighted(node: IntConvNode | IntDenseNode, { bits, loadable }: IntNetwork, last: boolean): void {
  const { name, inputTensor, outputTensor, requantiser } = node;
  const input = inputTensor.shape;
  if (node.kind === 'conv') verifyGroups(node);
  const window = windowSize(node, input);
  invariant(node.windowSize === window, `node ${name}: window has ${window} elements, not ${node.windowSize}`);
  invariant(node.outChannels === outputTensor.shape.channels, `node ${name}: output channels disagree with its shape`);
  if (node.kind === 'dense') {
    invariant(outputTensor.shape.height === 1 && outputTensor.shape.width === 1, `node ${name}: dense output is 1×1`);
  }
  invariant(node.planes.length > 0, `node ${name}: needs at least one plane`);
  for (const [i, plane] of node.planes.entries())
    verifyPlane(plane, window * node.outChannels, `node ${name} plane ${i}`);
  invariant(!node.twosComplement || requantiser.joined, `node ${name}: bits of integers must be joined`);
  verifyRequantiser(node);
  const widths = deriveWidths({ ...node, inputFormat: inputTensor.format }, loadable);
  for (const key of ['selected', 'sum', 'dot', 'multiplicand', 'scaled'] as const) {
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
  if (bits !== null) verifyBits(node, bits);
}

/** A layer has the bits that the network says it was lowered with; of two names of a sum (fuse.ts) either may give them. */
function verifyBits({ name, requantiser, outputTensor }: IntConvNode | IntDenseNode, bits: LoweredBits): void {
  if (requantiser.quantised) return;
  const { multiplierBits, activationBits, layerBits } = bits;
  invariant(
    requantiser.multiplierBits === multiplierBits,
    `node ${name}: multipliers have ${requantiser.multiplierBits} bits, the network was lowered to ${multiplierBits}`,
  );
  const possible = [activationBits, ...Object.values(layerBits)];
  invariant(
    requantiser.output === null || possible.includes(outputTensor.format.bits),
    `node ${name}: its output has ${outputTensor.format.bits} bits, the network was lowered to ${possible.join(' or ')}`,
  );
}

function verifyGroups({ name, groups, inputTensor, outChannels }: IntConvNode): void {
  const divides = [inputTensor.shape.channels, outChannels].every((channels) => channels % groups === 0);
  invariant(Number.isInteger(groups) && groups > 0 && divides, `node ${name}: bad groups ${groups}`);
}

function verifyWindow(node: IntConvNode | IntPoolNode): void {
  const { name, kernel, stride, padding, inputTensor, outputTensor } = node;
  const dilation = node.kind === 'conv' ? node.dilation : UNDILATED;
  for (const n of [...kernel, ...stride, ...dilation])
    invariant(Number.isInteger(n) && n > 0, `node ${name}: bad kernel, stride or dilation ${n}`);
  const span = windowSpan(node);
  for (const [i, n] of padding.entries()) {
    invariant(Number.isInteger(n) && n >= 0, `node ${name}: bad padding ${n}`);
    // A window that lies wholly in the padding has no maximum and would only waste cycles in a convolution.
    if (n >= span[i % 2]!) {
      throw new FlexorError(
        'unsupported',
        `layer ${name}: padding must be smaller than the kernel, got padding [${padding.join(', ')}] with kernel ${span.join('×')}`,
      );
    }
  }
  const expected = slidingOutput(inputTensor.shape, node);
  const actual = outputTensor.shape;
  invariant(
    expected.height === actual.height && expected.width === actual.width && actual.height > 0 && actual.width > 0,
    `node ${name}: output is ${actual.height}×${actual.width}, its window gives ${expected.height}×${expected.width}`,
  );
  const channels = node.kind === 'conv' ? node.outChannels : inputTensor.shape.channels;
  invariant(actual.channels === channels, `node ${name}: output must have ${channels} channels`);
}

/** Activation tensors: sizes, bits, scale. */
function verifyTensor(tensor: IntTensor, where: string, mostBits = MAX_ACTIVATION_BITS): void {
  const { height, width, channels } = tensor.shape;
  for (const n of [height, width, channels]) invariant(Number.isInteger(n) && n > 0, `${where}: bad size ${n}`);
  const { bits, signed } = tensor.format;
  const least = signed ? 2 : 1;
  if (!Number.isInteger(bits) || bits < least || bits > mostBits) {
    throw new FlexorError(
      'width',
      `layer ${where}: ${signed ? 'signed' : 'unsigned'} activations must have ${least} to ${mostBits} bits, got ${bits}`,
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
  return sameShape(a.shape, b.shape) && sameFormat(a.format, b.format) && a.scale === b.scale;
}
