/** The fast simulator against the plain loops that define it, with every set of kernels. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Random } from '../../src/base/random.js';
import type { IntNetwork, Requantiser } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import type { Kernels } from '../../src/simulate/bytes/kernels.js';
import { planesThatFit } from '../../src/simulate/bytes/weighted.js';
import { wasmKernels } from '../../src/simulate/bytes/wasm.js';
import { argmax, referenceTrace } from '../../src/simulate/reference.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { identityMatrix } from '../../src/xor/matrix.js';
import { describeNetwork, randomImages, randomNetwork, type RandomNetworkOptions } from '../support/random-network.js';
import { KERNELS } from '../support/simulator-kernels.js';

interface DenseOptions {
  readonly bits: number;
  readonly signed: boolean;
  readonly planes: number;
  readonly joined: boolean;
  /** Height and width; the input has 10 channels. */
  readonly side: number;
}

/** One dense layer of three channels: all weights +1, all −1, random ones. */
function denseNetwork({ bits, signed, planes, joined, side }: DenseOptions): IntNetwork {
  const random = new Random(11);
  const shape = { height: side, width: side, channels: 10 };
  const windowSize = 10 * side ** 2;
  const outChannels = 3;
  const matrix = identityMatrix(12).bits;
  const drawn = Array.from({ length: planes }, () => {
    const codes = Uint8Array.from({ length: windowSize * outChannels }, (_, f) =>
      f % 3 === 2 ? random.below(2) : 1 - (f % 3),
    );
    const encrypted = new Uint8Array(Math.ceil(codes.length / 12) * 12);
    encrypted.set(codes);
    return { nIn: 12, nOut: 12, matrix, encrypted, codes };
  });
  const requantiser: Requantiser = {
    joined,
    multipliers: Array.from({ length: joined ? 1 : planes }, () => Int32Array.of(-32768, 32767, 12345)),
    multiplierBits: 16,
    beta: Float64Array.of(1, -2, 3),
    output: null,
  };
  const inputFormat = { bits, signed };
  const layer = { name: 'dense1', inputFormat, windowSize, outChannels, planes: drawn, residual: null, requantiser };
  const widths = deriveWidths(layer);
  const inputTensor = { shape, format: inputFormat, scale: 1 };
  const outputTensor = { shape: { height: 1, width: 1, channels: 3 }, format: widths.scaled, scale: 1 };
  return verifyNetwork({
    name: 'dense',
    modelDigest: '0'.repeat(64),
    bits: null,
    loadable: false,
    input: inputTensor,
    nodes: [{ kind: 'dense', input: 'input', inputTensor, outputTensor, widths, ...layer }],
    classes: ['a', 'b', 'c'],
  });
}

interface Case {
  readonly network: IntNetwork;
  readonly images: readonly Int32Array[];
  /** What the plain loops give: the streams of every image. */
  readonly expected: readonly (readonly Float64Array[])[];
}

const cases = new Map<string, Case>();

/** A case that every set of kernels is held against: drawn, and evaluated by the plain loops, once. */
function caseOf(key: string, draw: () => Pick<Case, 'network' | 'images'>): Case {
  const known = cases.get(key);
  if (known !== undefined) return known;
  const { network, images } = draw();
  const made = { network, images, expected: images.map((image) => referenceTrace(network, image)) };
  cases.set(key, made);
  return made;
}

function randomCase(seed: number, images: number, options: RandomNetworkOptions): Case {
  return caseOf(JSON.stringify([seed, images, options]), () => {
    const network = randomNetwork(seed, options);
    return { network, images: randomImages(network, images, seed) };
  });
}

function expectEqualToReference({ network, images, expected }: Case, kernels: Kernels): void {
  const simulator = createSimulator(network, kernels);
  const results = images.map((image, i) => {
    const actual = simulator.trace(image);
    expect(actual.length).toBe(network.nodes.length + 1);
    for (const [index, stream] of expected[i]!.entries()) {
      // Quick where they are equal, and with the elements that differ where they are not.
      if (sameElements(actual[index]!, stream)) continue;
      expect(Array.from(actual[index]!), `stream ${index} of ${describeNetwork(network)}`).toEqual(Array.from(stream));
    }
    const result = simulator.run(image);
    expect(Array.from(result.logits)).toEqual(Array.from(expected[i]!.at(-1)!));
    expect(result.classIndex).toBe(argmax(result.logits));
    return result;
  });
  expect(simulator.runAll(images)).toEqual(results);
}

function sameElements(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Images at both ends of the input's range, and drawn ones. */
function extremeImages(network: IntNetwork, low: number, high: number): Int32Array[] {
  const images = randomImages(network, 3, 5);
  return [images[0]!.map(() => high), images[0]!.map(() => low), ...images];
}

describe.each(KERNELS)('simulator with %s', (_, create) => {
  it.each([8, 12, 16])('equals the plain loops on random networks of up to %i bits', (maxBits) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        expectEqualToReference(randomCase(seed, 3, { maxWork: 60_000, maxBits }), create());
      }),
      { seed: 20, numRuns: 80 },
    );
  });

  it('equals the plain loops with groups, dilation and concatenations', () => {
    for (let seed = 0; seed < 60; seed++) {
      expectEqualToReference(randomCase(seed, 5, { maxWork: 40_000, spread: true }), create());
    }
  });

  it('equals the plain loops where many channels fill vectors, in every part of a batch', () => {
    for (let seed = 0; seed < 12; seed++) {
      expectEqualToReference(randomCase(seed, 19, { maxWork: 400_000, maxBits: 8, channelStep: 16 }), create());
    }
  });

  it.each([
    { bits: 16, signed: false, planes: 1, joined: false, side: 60 },
    { bits: 16, signed: true, planes: 2, joined: false, side: 20 },
    { bits: 8, signed: false, planes: 8, joined: true, side: 20 },
    { bits: 8, signed: true, planes: 5, joined: true, side: 20 },
    { bits: 8, signed: false, planes: 1, joined: false, side: 20 },
    { bits: 1, signed: false, planes: 3, joined: false, side: 31 },
    { bits: 9, signed: true, planes: 3, joined: true, side: 9 },
  ])('stays exact where all sums are largest: %o', (options) => {
    const dense = caseOf(JSON.stringify(options), () => {
      const network = denseNetwork(options);
      const low = options.signed ? -(2 ** (options.bits - 1)) : 0;
      return { network, images: extremeImages(network, low, low + 2 ** options.bits - 1) };
    });
    expectEqualToReference(dense, create());
  });

  it('reaches 32-bit sums that leave 31 bits', () => {
    const network = denseNetwork({ bits: 16, signed: false, planes: 1, joined: false, side: 60 });
    const highest = new Int32Array(36_000).fill(65_535);
    expect(createSimulator(network, create()).run(highest).logits[0]).toBe(-32_768 * 36_000 * 65_535 + 1);
  });
});

describe('layers that bytes cannot take', () => {
  it('are those whose sums may leave 32 bits; fewer planes are joined before', () => {
    expect(planesThatFit(2 ** 31 / 256, 256, 4)).toBe(0);
    expect(planesThatFit(2 ** 30 / 256, 256, 4)).toBe(1);
    expect(planesThatFit(9_000_000, 255, 1)).toBe(0);
    expect(planesThatFit(8_000_000, 255, 4)).toBe(0);
    expect(planesThatFit(1_000_000, 255, 4)).toBe(3);
    expect(planesThatFit(3136, 255, 4)).toBe(4);
  });

  it('evaluates them by the plain loops', () => {
    for (let seed = 0; seed < 20; seed++) {
      expectEqualToReference(randomCase(seed, 3, { maxWork: 20_000 }), { ...wasmKernels(), planesPerDigit: 0 });
    }
  });
});

describe('simulator', () => {
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
