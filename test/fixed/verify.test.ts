import { describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import type { IntConvNode, IntDenseNode, IntMaxPoolNode, IntNetwork, IntNode } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { randomNetwork } from '../support/random-network.js';

/** A network conv → maxPool → … → dense or conv; the first such seed. */
const NETWORK = findNetwork();

function findNetwork(): IntNetwork {
  for (let seed = 0; ; seed++) {
    const network = randomNetwork(seed);
    const [first, second] = network.nodes;
    if (first?.kind === 'conv' && second?.kind === 'maxPool' && network.nodes.at(-1)!.kind === 'dense') return network;
  }
}

function withNode(index: number, change: (node: IntNode) => IntNode): IntNetwork {
  return { ...NETWORK, nodes: NETWORK.nodes.map((node, i) => (i === index ? change(node) : node)) };
}

function withConv(change: (node: IntConvNode) => Partial<IntConvNode>): IntNetwork {
  return withNode(0, (node) => ({ ...(node as IntConvNode), ...change(node as IntConvNode) }));
}

function withPool(change: Partial<IntMaxPoolNode>): IntNetwork {
  return withNode(1, (node) => ({ ...(node as IntMaxPoolNode), ...change }));
}

function withPlane(change: Partial<IntConvNode['planes'][number]>): IntNetwork {
  return withConv(({ planes }) => ({ planes: [{ ...planes[0]!, ...change }, ...planes.slice(1)] }));
}

function withRequantiser(change: Partial<IntConvNode['requantiser']>): IntNetwork {
  return withConv(({ requantiser }) => ({ requantiser: { ...requantiser, ...change } }));
}

function flipped(bits: Uint8Array): Uint8Array {
  return bits.map((bit, i) => (i === 0 ? 1 - bit : bit));
}

const conv = NETWORK.nodes[0] as IntConvNode;
const last = NETWORK.nodes.length - 1;

const BROKEN: readonly [string, IntNetwork, RegExp][] = [
  ['no nodes', { ...NETWORK, nodes: [] }, /at least one node/],
  ['digest', { ...NETWORK, modelDigest: 'abc' }, /not a SHA-256/],
  ['name', withConv(() => ({ name: 'a b' })), /not an identifier/],
  ['name input', withConv(() => ({ name: 'input' })), /used twice/],
  ['order', withPool({ input: 'nobody' }), /must stand behind nobody, which it reads/],
  ['input of another stream', withPool({ input: 'input' }), /input is not what input gives/],
  ['unread', { ...NETWORK, nodes: [{ ...conv, name: 'aside' }, ...NETWORK.nodes] }, /is read by none, not aside/],
  [
    'residual',
    withConv(() => ({ residual: { input: 'input', tensor: NETWORK.input, multiplier: 1 } })),
    /another shape/,
  ],
  ['joined planes', withRequantiser({ joined: true, multipliers: [] }), /needs multipliers in 1 rows/],
  [
    'tensor between nodes',
    withPool({ inputTensor: { ...conv.outputTensor, scale: 3 } }),
    /input is not what conv1 gives/,
  ],
  [
    'pool format',
    withPool({ outputTensor: { ...conv.outputTensor, format: { bits: 16, signed: true } } }),
    /gives the format of its input|output is/,
  ],
  ['window size', withConv(({ windowSize }) => ({ windowSize: windowSize + 1 })), /window has/],
  [
    'output shape',
    withConv(({ stride }) => ({ stride: [stride[0] + 7, 9], padding: [0, 0, 0, 0] })),
    /its window gives/,
  ],
  ['codes', withPlane({ codes: flipped(conv.planes[0]!.codes) }), /code 0 is not what its encrypted bits give/],
  ['codes length', withPlane({ codes: conv.planes[0]!.codes.subarray(1) }), /codes needed/],
  ['encrypted length', withPlane({ encrypted: conv.planes[0]!.encrypted.subarray(1) }), /encrypted bits needed/],
  ['encrypted value', withPlane({ encrypted: conv.planes[0]!.encrypted.map(() => 2) }), /every encrypted bit/],
  [
    'widths',
    withConv(({ widths }) => ({ widths: { ...widths, sum: { bits: 40, signed: true } } })),
    /width sum is not/,
  ],
  ['beta', withRequantiser({ beta: conv.requantiser.beta.map(() => 0.5) }), /beta 0.5 is not an integer/],
  ['beta length', withRequantiser({ beta: new Float64Array(99) }), /beta, got 99/],
  ['multipliers', withRequantiser({ multipliers: [] }), /needs multipliers/],
  ['clamp', withRequantiser({ output: { shift: 1, low: 3, high: 2 } }), /bad clamp/],
  ['clamp range', withRequantiser({ output: { ...conv.requantiser.output!, high: 2 ** 20 } }), /clamp leaves/],
  ['shift', withRequantiser({ output: { shift: -1, low: 0, high: 1 } }), /bad shift/],
  ['logits in mid-network', withRequantiser({ output: null }), /width scaled|exactly the last node/],
  ['classes', { ...NETWORK, classes: [...NETWORK.classes, 'more'] }, /logits are 1×1/],
  [
    'output stage at the end',
    withNode(last, (node) => {
      const dense = node as IntDenseNode;
      return { ...dense, requantiser: { ...dense.requantiser, output: { shift: 0, low: 0, high: 1 } } };
    }),
    /exactly the last node/,
  ],
];

describe('verifyNetwork', () => {
  it('accepts what is right', () => {
    expect(verifyNetwork(NETWORK)).toBe(NETWORK);
  });

  it.each(BROKEN)('finds a broken invariant: %s', (_, network, message) => {
    expect(() => verifyNetwork(network)).toThrow(message);
    expect(() => verifyNetwork(network)).toThrow(/^internal: /);
  });

  it.each<[string, IntNetwork, RegExp]>([
    [
      'multiplier',
      withRequantiser({ multiplierBits: 2, multipliers: conv.requantiser.multipliers.map((m) => m.map(() => 2)) }),
      /layer conv1: multiplier 2 does not fit 2 signed bits/,
    ],
    [
      'multiplier bits',
      withRequantiser({ multiplierBits: 40 }),
      /layer conv1: multipliers must have 2 to 32 bits, got 40/,
    ],
    [
      'padding',
      withConv(({ kernel }) => ({ padding: [kernel[0], 0, 0, 0] })),
      /layer conv1: padding must be smaller than the kernel/,
    ],
    [
      'input bits',
      { ...NETWORK, input: { ...NETWORK.input, format: { bits: 20, signed: false } } },
      /layer input: unsigned activations must have 1 to 16 bits, got 20/,
    ],
    [
      '1-bit signed',
      { ...NETWORK, input: { ...NETWORK.input, format: { bits: 1, signed: true } } },
      /signed activations must have 2 to 16/,
    ],
  ])('tells the user what to change: %s', (_, network, message) => {
    expect(() => verifyNetwork(network)).toThrow(message);
    expect(() => verifyNetwork(network)).toThrow(FlexorError);
  });
});
