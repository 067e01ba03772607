/**
 * An 8-bit ONNX network of the shapes of an integer network, for timing onnxruntime on it: QLinearConv, QLinearMatMul and
 * QLinearAdd with weights ±1. Its scales are arbitrary, since only its speed is of interest. Protocol buffers by hand
 * (onnx.proto of ONNX 1.12), because nothing else here writes ONNX.
 */
import { Buffer } from 'node:buffer';

const varint = (value) => {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
};
const field = (number, wire, payload) => Buffer.concat([varint((number << 3) | wire), payload]);
const int = (number, value) => field(number, 0, varint(value));
const bytes = (number, data) => field(number, 2, Buffer.concat([varint(data.length), Buffer.from(data)]));
const text = (number, value) => bytes(number, Buffer.from(value));
const message = (number, ...parts) => bytes(number, Buffer.concat(parts));

const TYPES = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };

const tensor = (name, type, dims, raw) =>
  message(5, ...dims.map((n) => int(1, n)), int(2, TYPES[type]), text(8, name), bytes(9, new Uint8Array(raw.buffer)));
const valueInfo = (number, name, type, dims) => {
  const shape = message(2, ...dims.map((n) => message(1, int(1, n))));
  return message(number, text(1, name), message(2, message(1, int(1, TYPES[type]), shape)));
};
const ints = (name, values) => message(5, text(1, name), ...values.map((n) => int(8, n)), int(20, 7));
const node = (type, inputs, output, attributes = [], domain = '') =>
  message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...[text(2, output), text(4, type), ...attributes],
    ...(domain === '' ? [] : [text(7, domain)]),
  );

/** The bytes of the model; input `input` [1, C, H, W] of uint8, output `output`. */
export function int8Model(network) {
  const nodes = [];
  const constants = [
    tensor('scale', 'float', [], Float32Array.of(0.01)),
    tensor('unit', 'float', [], Float32Array.of(1)),
  ];
  constants.push(tensor('u0', 'uint8', [], Uint8Array.of(0)), tensor('s0', 'int8', [], Int8Array.of(0)));
  const streams = new Map([['input', 'input']]);
  for (const each of network.nodes) {
    const input = streams.get(each.input);
    streams.set(each.name, each.name);
    const last = each === network.nodes.at(-1);
    const target = last ? 'output' : each.name;
    const residual = each.residual ? streams.get(each.residual.input) : null;
    const body = residual ? `${each.name}_body` : target;
    if (each.kind === 'conv') {
      const { channels } = each.inputTensor.shape;
      const weights = new Int8Array(each.outChannels * each.windowSize);
      each.planes[0].codes.forEach((bit, f) => (weights[f] = bit === 1 ? 1 : -1));
      constants.push(tensor(`${each.name}_w`, 'int8', [each.outChannels, channels, ...each.kernel], weights));
      const attributes = [ints('strides', each.stride), ints('pads', each.padding)];
      const operands = [input, 'scale', 'u0', `${each.name}_w`, 'unit', 's0', 'unit', 'u0'];
      nodes.push(node('QLinearConv', operands, body, attributes));
    } else if (each.kind === 'dense') {
      const weights = new Int8Array(each.outChannels * each.windowSize);
      each.planes[0].codes.forEach((bit, f) => (weights[f] = bit === 1 ? 1 : -1));
      constants.push(tensor(`${each.name}_w`, 'int8', [each.windowSize, each.outChannels], weights));
      nodes.push(node('Flatten', [input], `${each.name}_flat`));
      const operands = [`${each.name}_flat`, 'scale', 'u0', `${each.name}_w`, 'unit', 's0', 'unit', 'u0'];
      nodes.push(node('QLinearMatMul', operands, body));
    } else if (each.kind === 'maxPool') {
      const attributes = [ints('kernel_shape', each.kernel), ints('strides', each.stride), ints('pads', each.padding)];
      nodes.push(node('MaxPool', [input], body, attributes));
    } else if (each.kind === 'avgPool') {
      nodes.push(node('QLinearGlobalAveragePool', [input, 'scale', 'u0', 'scale', 'u0'], body, [], 'com.microsoft'));
    } else {
      const [before, after] = each.channelPadding;
      constants.push(
        tensor(`${each.name}_p`, 'int64', [8], BigInt64Array.from([0, before, 0, 0, 0, after, 0, 0], BigInt)),
      );
      nodes.push(
        node('MaxPool', [input], `${each.name}_s`, [ints('kernel_shape', [1, 1]), ints('strides', each.stride)]),
      );
      nodes.push(node('Pad', [`${each.name}_s`, `${each.name}_p`, 'u0'], body));
    }
    if (residual) {
      const operands = [body, 'unit', 'u0', residual, 'unit', 'u0', 'unit', 'u0'];
      nodes.push(node('QLinearAdd', operands, target, [], 'com.microsoft'));
    }
  }
  const { height, width, channels } = network.input.shape;
  const graph = message(
    7,
    ...nodes,
    text(2, 'network'),
    ...constants,
    valueInfo(11, 'input', 'uint8', [1, channels, height, width]),
    valueInfo(12, 'output', 'uint8', [1, network.classes.length]),
  );
  return Buffer.concat([
    int(1, 8),
    graph,
    message(8, text(1, ''), int(2, 13)),
    message(8, text(1, 'com.microsoft'), int(2, 1)),
  ]);
}
