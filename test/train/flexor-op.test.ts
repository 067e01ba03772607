/** The FleXOR operation, in JavaScript and native, against plain loops over the paper's equations and finite differences. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { packBits } from '../../src/base/bits.js';
import { Random } from '../../src/base/random.js';
import { PLAIN_KERNELS, type ArrayKernels } from '../../src/train/weights/array-kernels.js';
import type { Tensor } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { flexorOp, sechSquared, type GradientRule } from '../../src/train/weights/flexor-op.js';
import { decrypt, identityMatrix, randomMatrix, rowTaps, tapMatrix } from '../../src/xor/matrix.js';
import { decode, minimalTrellis } from '../../src/xor/trellis.js';
import type { XorMatrix } from '../../src/xor/types.js';
import { availableEngines } from '../support/engines.js';

const sign = (x: number): number => (x >= 0 ? 1 : -1);

/** Eq. 2 for one row. */
function equation2(x: readonly number[]): number {
  return (-1) ** (x.length - 1) * x.reduce((product, v) => product * sign(v), 1);
}

/** Eq. 4: signs replaced by tanh. */
function equation4(x: readonly number[], s: number): number {
  return (-1) ** (x.length - 1) * x.reduce((product, v) => product * Math.tanh(s * v), 1);
}

/** What eq. 6 is the derivative of, as a function of input i alone. */
function surrogate6(x: readonly number[], i: number, s: number): number {
  return (-1) ** (x.length - 1) * x.reduce((product, v, j) => product * (j === i ? Math.tanh(s * v) : sign(v)), 1);
}

/** ∂f/∂x_i of one row, straight from the paper. */
function plainDerivative(rule: GradientRule, x: readonly number[], i: number, s: number): number {
  const others = x.filter((_, j) => j !== i);
  const parity = (-1) ** (x.length - 1);
  const signs = others.reduce((product, v) => product * sign(v), 1);
  const tanhs = others.reduce((product, v) => product * Math.tanh(s * v), 1);
  const slope = s * (1 - Math.tanh(s * x[i]!) ** 2);
  return { eq6: parity * slope * signs, eq5: parity * slope * tanhs, ste: parity * signs }[rule];
}

interface Case {
  readonly matrix: XorMatrix;
  readonly weights: number;
  readonly x: Float32Array;
  readonly gradient: Float32Array;
}

/** Random sizes, taps, weights that fill the last slice in part, and x with a few exact zeros of both signs. */
function randomCase(seed: number): Case {
  const random = new Random(seed);
  const nIn = random.between(1, 24);
  const nOut = random.between(1, 32);
  const matrix =
    random.below(2) === 0
      ? randomMatrix(nIn, nOut, random)
      : tapMatrix(nIn, nOut, Math.min(nIn, random.between(1, 4)), random);
  const weights = random.between(1, 3 * nOut + 2);
  const slices = Math.ceil(weights / nOut);
  const x = Float32Array.from({ length: slices * nIn }, () => {
    const kind = random.below(20);
    return kind === 0 ? 0 : kind === 1 ? -0 : 0.01 * random.normal();
  });
  return { matrix, weights, x, gradient: Float32Array.from({ length: weights }, () => random.normal()) };
}

/** The encrypted values that row j of slice s taps. */
function tapped(c: Case, s: number, j: number): number[] {
  return rowTaps(c.matrix)[j]!.map((i) => c.x[s * c.matrix.nIn + i]!);
}

/** ∂L/∂x by the plain loop with a derivative per row and tap. */
function plainBackward(c: Case, derivative: (x: readonly number[], k: number) => number): Float64Array {
  const out = new Float64Array(c.x.length);
  const { nIn, nOut } = c.matrix;
  const taps = rowTaps(c.matrix);
  for (let f = 0; f < c.weights; f++) {
    const [s, j] = [Math.floor(f / nOut), f % nOut];
    const x = tapped(c, s, j);
    taps[j]!.forEach((i, k) => (out[s * nIn + i]! += c.gradient[f]! * derivative(x, k)));
  }
  return out;
}

/** Set for each of the implementations under test. */
let kernels: ArrayKernels = PLAIN_KERNELS;

function run(c: Case, rule: GradientRule, s: number): { codes: Float32Array; out: Float32Array } {
  const op = flexorOp(c.matrix, c.weights);
  const codes = new Float32Array(c.weights);
  const out = new Float32Array(c.x.length).fill(NaN);
  kernels.decrypt(op, c.x, codes);
  kernels.decryptGradient(op, rule, s, c.x, codes, c.gradient, out);
  return { codes, out };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const scale = Math.max(1e-9, ...Array.from(expected, Math.abs));
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!) / scale, `element ${i}`).toBeLessThan(tolerance);
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const options = { seed: 20, numRuns: 150 };

const engines = (await availableEngines()).filter((name) => name === 'native' || name === 'cpu');

describe.each(engines)('engine %s', (name) => {
  beforeAll(async () => {
    kernels = (await createEngine(name)).arrays;
  });

  describe('forward', () => {
    it('is eq. 2 for every row', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const c = randomCase(seed);
          const { codes } = run(c, 'eq6', 100);
          const expected = Array.from(codes, (_, f) =>
            equation2(tapped(c, Math.floor(f / c.matrix.nOut), f % c.matrix.nOut)),
          );
          expect([...codes]).toEqual(expected);
        }),
        options,
      );
    });

    it('is the GF(2) product of the exported bits', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const c = randomCase(seed);
          const { codes } = run(c, 'eq6', 100);
          const bits = Uint8Array.from(c.x, (x) => (x >= 0 ? 1 : 0));
          const decrypted = decrypt(bits, c.matrix, c.weights);
          expect(packBits(Array.from(codes, (code) => (code > 0 ? 1 : 0)))).toEqual(packBits(decrypted));
        }),
        options,
      );
    });

    it('passes signs through for the identity', () => {
      const x = Float32Array.of(0.5, -0.5, 0, -0, -1e-30, 1e-30);
      const codes = new Float32Array(6);
      kernels.decrypt(flexorOp(identityMatrix(6), 6), x, codes);
      expect([...codes]).toEqual([1, -1, 1, 1, -1, 1]);
    });
  });

  it('decodes to the bits of the plain loop', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = new Random(seed);
        const matrix = randomMatrix(1 + random.below(8), 1 + random.below(24), random);
        const trellis = minimalTrellis(matrix);
        const scores = Float32Array.from({ length: matrix.nOut * (1 + random.below(100)) }, () => random.normal());
        const [plain, codes] = [new Float32Array(scores.length), new Float32Array(scores.length)];
        decode(trellis, scores, plain);
        kernels.decode(trellis, scores, codes);
        expect(codes).toEqual(plain);
      }),
      options,
    );
  });

  describe('backward', () => {
    it.each(['eq6', 'eq5', 'ste'] as const)('%s equals the plain loop', (rule) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const c = randomCase(seed);
          expectClose(
            run(c, rule, 100).out,
            plainBackward(c, (x, k) => plainDerivative(rule, x, k, 100)),
            1e-5,
          );
        }),
        options,
      );
    });

    /** Central difference of one row's value in its k-th input. */
    const difference = (value: (x: readonly number[]) => number, x: readonly number[], k: number): number => {
      const h = 1e-6;
      const moved = (by: number): number[] => x.map((v, j) => (j === k ? v + by : v));
      return (value(moved(h)) - value(moved(-h))) / (2 * h);
    };

    it('eq. 5 is the gradient of eq. 4', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const c = randomCase(seed);
          const numeric = plainBackward(c, (x, k) => difference((v) => equation4(v, 100), x, k));
          expectClose(run(c, 'eq5', 100).out, numeric, 1e-4);
        }),
        options,
      );
    });

    it('eq. 6 is the gradient of tanh in one input and signs in the others', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const c = randomCase(seed);
          const numeric = plainBackward(c, (x, k) => difference((v) => surrogate6(v, k, 100), x, k));
          expectClose(run(c, 'eq6', 100).out, numeric, 1e-4);
        }),
        options,
      );
    });

    it('eq. 6 is not the gradient of eq. 4', () => {
      const c = randomCase(2);
      expect(rowTaps(c.matrix).some((taps) => taps.length > 1)).toBe(true);
      const eq5 = plainBackward(c, (x, k) => plainDerivative('eq5', x, k, 100));
      const { out } = run(c, 'eq6', 100);
      expect(Math.max(...eq5.map((v, i) => Math.abs(v - out[i]!)))).toBeGreaterThan(1);
    });
  });
});

it.each(['eq6', 'eq5', 'ste'] as const)('%s on many slices: every engine alike', async (rule) => {
  const random = new Random(3);
  const matrix = randomMatrix(19, 45, random);
  const weights = 60_001;
  const x = Float32Array.from({ length: Math.ceil(weights / 45) * 19 }, () => 0.01 * random.normal());
  const many = { matrix, weights, x, gradient: Float32Array.from({ length: weights }, () => random.normal()) };
  kernels = PLAIN_KERNELS;
  const plain = run(many, rule, 100);
  for (const name of engines) {
    kernels = (await createEngine(name)).arrays;
    const { codes, out } = run(many, rule, 100);
    expect(codes).toEqual(plain.codes);
    expectClose(out, plain.out, 1e-5);
  }
});

it('eq. 5 is analog XOR: the product of tanh forward (eq. 3), its sign with a straight-through gradient', async () => {
  const { tf } = await createEngine('cpu');
  const s = 100;
  // Clipped to [−1, 1], where the product lies.
  const signThrough = tf.customGrad((v, save) => {
    const product = v as Tensor;
    (save as (tensors: Tensor[]) => void)([product]);
    return {
      value: tf.sub(tf.mul(tf.cast(tf.greaterEqual(product, 0), 'float32'), 2), 1),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, tf.cast(tf.lessEqual(tf.abs(saved[0]!), 1), 'float32')),
    };
  });
  const matrix = randomMatrix(9, 13, new Random(11));
  const random = new Random(12);
  // One slice, and no x at 0: there the product has no sign of its own.
  const x = Float32Array.from({ length: 9 }, () => (random.below(2) === 0 ? -1 : 1) * (0.002 + 0.01 * random.float()));
  const gradient = Float32Array.from({ length: 13 }, () => random.normal());
  const analog = (encrypted: Tensor): Tensor => {
    const soft = tf.tanh(tf.mul(encrypted, s));
    const rows = rowTaps(matrix).map((taps) => tf.mul(tf.prod(tf.gather(soft, taps)), (-1) ** (taps.length - 1)));
    return signThrough(tf.stack(rows));
  };
  const codes = analog(tf.tensor1d(x)).dataSync();
  const loss = (v: Tensor): Tensor => tf.sum(tf.mul(analog(v), tf.tensor1d(gradient)));
  const expected = tf.grad(loss)(tf.tensor1d(x)).dataSync();
  kernels = PLAIN_KERNELS;
  const ours = run({ matrix, weights: 13, x, gradient }, 'eq5', s);
  expect(ours.codes).toEqual(codes);
  expectClose(ours.out, expected, 1e-4);
});

it('1 − tanh² is computed without overflow or cancellation', () => {
  for (const z of [0, 1e-3, -0.7, 3, -8]) {
    expect(Math.abs(sechSquared(z) / (1 - Math.tanh(z) ** 2) - 1)).toBeLessThan(1e-8);
  }
  expect(sechSquared(1e6)).toBe(0);
  expect(sechSquared(-1e6)).toBe(0);
});
