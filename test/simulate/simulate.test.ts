import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Random } from '../../src/base/random.js';
import { isWeighted } from '../../src/fixed/shapes.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import { fitsPair } from '../../src/simulate/layers.js';
import { packPair, PAIR_LIMIT, splitPair } from '../../src/simulate/pair.js';
import { argmax, referenceTrace } from '../../src/simulate/reference.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { identityMatrix } from '../../src/xor/matrix.js';
import { describeNetwork, randomImages, randomNetwork } from '../support/random-network.js';

/** A dense layer of 16-bit inputs whose sums leave 32 bits, and far more the 25 bits of a pair. */
function wideNetwork(): IntNetwork {
  const random = new Random(11);
  const shape = { height: 60, width: 60, channels: 10 };
  const windowSize = 36_000;
  const outChannels = 3;
  // Channel 0 is all ones, so that it reaches the upper end.
  const codes = Uint8Array.from({ length: windowSize * outChannels }, (_, f) => (f % 3 === 0 ? 1 : random.below(2)));
  const matrix = identityMatrix(12);
  const plane = { nIn: 12, nOut: 12, matrix: matrix.bits, encrypted: codes, codes };
  const requantiser = {
    joined: false,
    multipliers: [Int32Array.of(-32768, 32767, 12345)],
    multiplierBits: 16,
    beta: Float64Array.of(1, -2, 3),
    output: null,
  };
  const inputFormat = { bits: 16, signed: false };
  const layer = { name: 'dense1', inputFormat, windowSize, outChannels, planes: [plane], residual: null, requantiser };
  const widths = deriveWidths(layer);
  const inputTensor = { shape, format: inputFormat, scale: 1 };
  const outputTensor = { shape: { height: 1, width: 1, channels: 3 }, format: widths.scaled, scale: 1 };
  return verifyNetwork({
    name: 'wide',
    modelDigest: '0'.repeat(64),
    bits: null,
    loadable: false,
    input: inputTensor,
    nodes: [{ kind: 'dense', input: 'input', inputTensor, outputTensor, widths, ...layer }],
    classes: ['a', 'b', 'c'],
  });
}

function expectEqualToReference(network: IntNetwork, images: readonly Int32Array[]): void {
  const simulator = createSimulator(network);
  for (const image of images) {
    const expected = referenceTrace(network, image);
    const actual = simulator.trace(image);
    expect(actual.length).toBe(network.nodes.length + 1);
    for (const [index, stream] of expected.entries()) {
      expect(Array.from(actual[index]!), `stream ${index} of ${describeNetwork(network)}`).toEqual(Array.from(stream));
    }
    const result = simulator.run(image);
    expect(Array.from(result.logits)).toEqual(Array.from(expected[expected.length - 1]!));
    expect(result.classIndex).toBe(argmax(result.logits));
  }
  expect(simulator.runAll(images)).toEqual(images.map((image) => simulator.run(image)));
}

describe('simulator', () => {
  it('equals the reference loops on random networks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const network = randomNetwork(seed, { maxWork: 60_000 });
        expectEqualToReference(network, randomImages(network, 3, seed));
      }),
      { seed: 20, numRuns: 150 },
    );
  });

  it('equals the reference loops where sums are too wide to travel in pairs', () => {
    const network = wideNetwork();
    const node = network.nodes[0]!;
    expect(isWeighted(node) && fitsPair(node)).toBe(false);
    const highest = new Int32Array(node.inputTensor.shape.height * 600).fill(65_535);
    expectEqualToReference(network, [highest, ...randomImages(network, 3, 5)]);
    expect(createSimulator(network).run(highest).logits[0]).toBe(-32_768 * 36_000 * 65_535 + 1);
  });

  it('keeps the images of a pair apart at the ends of their range', () => {
    const random = new Random(5);
    const bounds = [0, 1, -1, PAIR_LIMIT - 1, 1 - PAIR_LIMIT];
    const values = Array.from({ length: 500 }, () => random.between(1 - PAIR_LIMIT, PAIR_LIMIT - 1)).concat(bounds);
    for (const b of values.slice(-40)) {
      const first = Int32Array.from(values);
      const sums = packPair(first, new Int32Array(first.length).fill(b));
      const upper = new Float64Array(first.length);
      splitPair(sums, upper);
      expect(Array.from(sums, (a) => a + 0)).toEqual(values);
      expect(upper.every((x) => x === b)).toBe(true);
    }
  });

  it('gives the lowest index on a tie', () => {
    expect(argmax([1, 3, 3, 2])).toBe(1);
    expect(argmax([-5, -5])).toBe(0);
  });

  it('refuses images that do not fit the input', () => {
    const network = randomNetwork(1);
    const [image] = randomImages(network, 1, 1);
    expect(() => createSimulator(network).run(image!.subarray(1))).toThrow(/internal: an image has/);
    expect(() => createSimulator(network).run(image!.map(() => 2 ** 20))).toThrow(/internal: image leaves/);
  });
});
