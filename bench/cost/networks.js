/**
 * Networks with random weights, whose layers, each flattened, calibrate what units of one layer save together. Sizes and folds
 * are none of those that the model is checked on.
 */
import { sha256 } from '../../dist/base/files.js';
import { Random } from '../../dist/base/random.js';
import { makeDesign } from '../../dist/rtl/design.js';
import { verifyNetwork } from '../../dist/fixed/verify.js';
import { deriveWidths } from '../../dist/fixed/widths.js';
import { decrypt, identityMatrix, sliceCount, tapMatrix } from '../../dist/xor/matrix.js';

/**
 * Per network its name, bits of activations, input [size, channels], and layers: a kernel of 0 is a dense layer, `add` the layer
 * whose output is added, `planes` those of a full-precision layer, which are joined, `width` channels that leave in a cycle;
 * without bias beta is 0.
 */
const NETWORKS = [
  {
    name: 'two taps',
    bits: 8,
    xor: { nIn: 12, nOut: 20, taps: 2 },
    input: [14, 5],
    layers: [
      { kernel: 3, channels: 20, fold: [4, 1] },
      { kernel: 3, channels: 24, fold: [8, 3] },
      { kernel: 3, channels: 40, fold: [2, 9], stride: 2 },
      { kernel: 5, channels: 30, fold: [5, 5] },
      { kernel: 0, channels: 60, fold: [4, 3] },
      { kernel: 0, channels: 10, fold: [1, 1] },
    ],
  },
  {
    name: 'residual',
    bits: 8,
    xor: { nIn: 16, nOut: 20, taps: 3 },
    input: [16, 8],
    layers: [
      { kernel: 3, channels: 24, fold: [4, 1] },
      { kernel: 3, channels: 24, fold: [4, 4] },
      { kernel: 3, channels: 24, fold: [2, 8], add: 0 },
      { kernel: 3, channels: 48, fold: [8, 9], stride: 2 },
      { kernel: 3, channels: 48, fold: [24, 3] },
      { kernel: 3, channels: 48, fold: [1, 16], add: 3 },
      { kernel: 0, channels: 10, fold: [2, 2] },
    ],
  },
  {
    name: 'four bits',
    bits: 4,
    xor: { nIn: 8, nOut: 20, taps: 2 },
    input: [12, 4],
    layers: [
      { kernel: 3, channels: 40, fold: [10, 1] },
      { kernel: 3, channels: 40, fold: [8, 5] },
      { kernel: 3, channels: 20, fold: [20, 9], stride: 2 },
      { kernel: 0, channels: 64, fold: [8, 6] },
      { kernel: 0, channels: 12, fold: [6, 1] },
    ],
  },
  {
    name: 'full precision at both ends',
    bits: 8,
    xor: { nIn: 1, nOut: 1, taps: 1 },
    input: [10, 3],
    layers: [
      { kernel: 3, channels: 12, fold: [2, 1], planes: 8 },
      { kernel: 3, channels: 32, fold: [8, 2], stride: 2 },
      { kernel: 1, channels: 24, fold: [12, 1] },
      { kernel: 0, channels: 10, fold: [1, 1], planes: 8 },
    ],
  },
  {
    name: 'wide dense layers',
    bits: 8,
    xor: { nIn: 12, nOut: 20, taps: 2 },
    input: [8, 14],
    layers: [
      { kernel: 0, channels: 288, fold: [6, 2], unbiased: true },
      { kernel: 0, channels: 300, fold: [3, 4], unbiased: true },
      { kernel: 0, channels: 320, fold: [16, 1] },
      { kernel: 0, channels: 20, fold: [10, 2], unbiased: true },
    ],
  },
  {
    name: 'banked windows',
    bits: 8,
    xor: { nIn: 10, nOut: 20, taps: 2 },
    input: [18, 4],
    layers: [
      { kernel: 3, channels: 12, fold: [6, 9], unbiased: true },
      { kernel: 3, channels: 16, fold: [16, 3] },
      { kernel: 3, channels: 24, fold: [8, 18], stride: 2 },
      { kernel: 5, channels: 10, fold: [2, 25] },
      { kernel: 0, channels: 10, fold: [1, 1] },
    ],
  },
  {
    name: 'wide streams',
    bits: 8,
    xor: { nIn: 12, nOut: 20, taps: 2 },
    input: [12, 4],
    layers: [
      { kernel: 3, channels: 24, fold: [8, 9], width: 4 },
      { kernel: 3, channels: 16, fold: [8, 2], width: 2 },
      { kernel: 3, channels: 24, fold: [8, 18], width: 2, add: 0 },
      { kernel: 3, channels: 32, fold: [16, 3], width: 8, stride: 2 },
      { kernel: 0, channels: 48, fold: [16, 4], width: 4, unbiased: true },
      { kernel: 0, channels: 10, fold: [2, 1] },
    ],
  },
  {
    name: 'banks of weights, four bits',
    bits: 4,
    xor: { nIn: 12, nOut: 20, taps: 2 },
    input: [20, 3],
    layers: [
      { kernel: 0, channels: 400, fold: [8, 5] },
      { kernel: 0, channels: 10, fold: [5, 2] },
    ],
  },
  {
    name: 'banks of weights, eight bits',
    bits: 8,
    xor: { nIn: 12, nOut: 20, taps: 2 },
    input: [20, 4],
    layers: [
      { kernel: 0, channels: 240, fold: [16, 2] },
      { kernel: 0, channels: 10, fold: [2, 4] },
    ],
  },
];

function planesOf(random, { nIn, nOut, taps }, count, weights) {
  const matrix = nIn === nOut ? identityMatrix(nIn) : tapMatrix(nIn, nOut, taps, random);
  return Array.from({ length: count }, () => {
    const encrypted = Uint8Array.from({ length: sliceCount(weights, matrix) * nIn }, () => random.below(2));
    return { nIn, nOut, matrix: matrix.bits, encrypted, codes: decrypt(encrypted, matrix, weights) };
  });
}

const MULTIPLIER_BITS = 16;

/** Multipliers within a factor of three, beta of the size of z's deviation, and the shift that brings z to the output. */
function requantiserOf(random, { channels, planes = 1, unbiased = false }, windowSize, bits, last) {
  const top = 2 ** (MULTIPLIER_BITS - 1) - 1;
  const deviation = Math.sqrt(windowSize) * 2 ** (bits - 2) * (top / 2) * 2 ** (planes - 1);
  const shift = Math.round(Math.log2((4 * deviation) / 2 ** bits));
  return {
    joined: planes > 1,
    multipliers: [Int32Array.from({ length: channels }, () => random.between(Math.ceil(top / 3), top))],
    multiplierBits: MULTIPLIER_BITS,
    beta: Float64Array.from({ length: channels }, () => (unbiased ? 0 : Math.round(random.normal() * deviation * 0.4))),
    output: last ? null : { shift, low: 0, high: 2 ** bits - 1 },
  };
}

function nodeOf(random, network, index, nodes, input) {
  const layer = network.layers[index];
  const last = index === network.layers.length - 1;
  const { kernel, channels, stride = 1, planes = 1, add } = layer;
  const from = nodes.at(-1);
  const inputTensor = from?.outputTensor ?? input;
  const { shape } = inputTensor;
  const dense = kernel === 0;
  const windowSize = dense ? shape.height * shape.width * shape.channels : kernel * kernel * shape.channels;
  const side = dense ? 1 : Math.ceil(shape.height / stride);
  const xor = planes > 1 ? { nIn: 1, nOut: 1, taps: 1 } : network.xor;
  const arithmetic = {
    windowSize,
    outChannels: channels,
    planes: planesOf(random, xor, planes, windowSize * channels),
    residual: add === undefined ? null : residual(nodes[add]),
    requantiser: requantiserOf(random, layer, windowSize, network.bits, last),
  };
  const name = `layer${index}`;
  const widths = deriveWidths({ name, inputFormat: inputTensor.format, ...arithmetic });
  const outputShape = { height: side, width: side, channels };
  const format = last ? widths.scaled : { bits: network.bits, signed: false };
  const pad = Math.floor((kernel - 1) / 2);
  const window = { kernel: [kernel, kernel], stride: [stride, stride], padding: [pad, pad, pad, pad] };
  return {
    kind: dense ? 'dense' : 'conv',
    name,
    input: from?.name ?? 'input',
    inputTensor,
    outputTensor: { shape: outputShape, format, scale: 1 },
    ...(dense ? {} : { ...window, groups: 1, dilation: [1, 1] }),
    ...arithmetic,
    widths,
  };
}

function residual({ name, outputTensor }) {
  return { input: name, tensor: outputTensor, multiplier: 12_345 };
}

/** Each network with its fold. */
export function gridDesigns() {
  return NETWORKS.map((network, seed) => {
    const random = Random.derive(seed, 'network of the cost model');
    const [size, channels] = network.input;
    const input = {
      shape: { height: size, width: size, channels },
      format: { bits: network.bits, signed: true },
      scale: 1,
    };
    const nodes = [];
    network.layers.forEach((_, i) => nodes.push(nodeOf(random, network, i, nodes, input)));
    const classes = Array.from({ length: nodes.at(-1).outChannels }, (_, c) => `class${c}`);
    const modelDigest = sha256(network.name);
    const made = verifyNetwork({
      ...{ name: `grid${seed}`, modelDigest, bits: null, loadable: false, input, nodes, classes },
    });
    const lanes = network.layers.map(({ fold: [pe, simd], width = 1 }, i) => [
      `layer${i}`,
      { pe, simd, rowsPerWord: 1, width, tableLanes: 0 },
    ]);
    return { title: network.name, design: makeDesign(made, { fold: Object.fromEntries(lanes) }) };
  });
}
